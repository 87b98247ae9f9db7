import type { Figure, FigureTable } from "./figure.ts";

/** Characters that LaTeX reads as commands. */
const latexCharacters: Readonly<Record<string, string>> = {
  "\\": "\\textbackslash{}",
  "{": "\\{",
  "}": "\\}",
  $: "\\$",
  "&": "\\&",
  "#": "\\#",
  "%": "\\%",
  _: "\\_",
  "~": "\\textasciitilde{}",
  "^": "\\textasciicircum{}",
  "±": "$\\pm$",
  "−": "$-$",
  "×": "$\\times$",
  "–": "--",
};

export const toLatex = (text: string): string =>
  text.replace(/[\\{}$&#%_~^±−×–]/g, (character) => latexCharacters[character]);

/** A comment of that many lines, whatever the text holds. */
export const latexComment = (lines: readonly string[]): string =>
  lines.map((line) => `% ${line.replace(/[\r\n]+/g, " ")}\n`).join("");

/** A `tabular` of booktabs in a `table*`, which is as wide as the page; needs \usepackage{booktabs,xcolor}. */
export function tableToLatex(figure: Figure, table: FigureTable, metadata: readonly string[]): string {
  const { groups, rows } = table;
  const grey = (isGrey: boolean, text: string): string => (isGrey && text !== "" ? `\\textcolor{gray}{${text}}` : text);
  const spec = groups.map(({ columns }) => "r".repeat(columns.length)).join("@{\\hspace{1.2em}}");
  let at = 0;
  const spans = groups.map(({ title, isGrey, columns }) => {
    const from = at + 1;
    at += columns.length;
    return {
      head: title === "" ? "" : `\\multicolumn{${columns.length}}{c}{${grey(isGrey, toLatex(title))}}`,
      rule: title === "" ? "" : `\\cmidrule(lr){${from}-${at}}`,
      pad: title === "" ? columns.length - 1 : 0,
    };
  });
  const row = (of: (column: FigureTable["groups"][number]["columns"][number]) => string): string =>
    groups.flatMap(({ isGrey, columns }) => columns.map((column) => grey(isGrey, toLatex(of(column))))).join(" & ");
  return [
    latexComment(["Needs \\usepackage{booktabs,xcolor}", ...metadata]).trimEnd(),
    "\\begin{table*}",
    "  \\centering",
    `  \\caption{${toLatex(figure.title)}. ${toLatex(figure.caption.join(" "))}}`,
    `  \\begin{tabular}{${spec}}`,
    "    \\toprule",
    `    ${spans.map(({ head, pad }) => head + " &".repeat(pad)).join(" & ")} \\\\`,
    `    ${spans.map(({ rule }) => rule).join("")}`,
    `    ${row(({ title }) => title)} \\\\`,
    "    \\midrule",
    ...Array.from({ length: rows }, (_, index) => `    ${row(({ cells }) => cells[index])} \\\\`),
    "    \\bottomrule",
    "  \\end{tabular}",
    "\\end{table*}",
    "",
  ].join("\n");
}

const escaped = (text: string): string => text.replaceAll("|", "\\|").replaceAll("<", "&lt;");

/** Rows of a Markdown table; what is grey elsewhere is in italics. */
export function tableRows({ groups, rows }: FigureTable): string[] {
  const columns = groups.flatMap(({ title, isGrey, columns }) =>
    columns.map((column) => ({
      head: escaped(title === "" ? column.title : `${title}: ${column.title.toLowerCase()}`),
      cells: column.cells.map((cell) => (isGrey && cell !== "" ? `*${escaped(cell)}*` : escaped(cell))),
    })),
  );
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  return [
    line(columns.map(({ head }) => head)),
    line(columns.map(() => "---:")),
    ...Array.from({ length: rows }, (_, index) => line(columns.map(({ cells }) => cells[index]))),
  ];
}

/** A table with its title and caption. */
export const tableToMarkdown = (figure: Figure, table: FigureTable, metadata: readonly string[]): string =>
  [
    `**${escaped(figure.title)}**`,
    "",
    ...tableRows(table),
    "",
    escaped(figure.caption.join(" ").replace("Grey:", "Italics:")),
    "",
    ...metadata.map((text) => `<!-- ${text.replaceAll("--", "- -")} -->`),
    "",
  ].join("\n");
