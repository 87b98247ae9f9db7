import { tableRows } from "../figures/tableText.ts";
import type { Block, ReportDocument, TableCell } from "./reportDocument.ts";

/** What Markdown would read as its own, and HTML. */
const escaped = (text: string): string =>
  text
    .replace(/[\\`*_[\]|#]/g, String.raw`\$&`)
    .replaceAll("<", "&lt;")
    .replace(/\r?\n/g, " ");

/** The same as text; figures are told by title and caption, since Markdown holds no pictures. */
export function reportMarkdown({ title, subtitle, lead, sections, foot }: ReportDocument): string {
  return [
    `# ${escaped(title)}`,
    escaped(subtitle),
    `**${escaped(lead)}**`,
    ...sections.flatMap((section) => [`## ${escaped(section.title)}`, ...section.blocks.map(blockMarkdown)]),
    `---`,
    escaped(foot),
  ]
    .filter((part) => part !== "")
    .join("\n\n")
    .concat("\n");
}

const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
const textOf = (cell: TableCell): string => escaped(typeof cell === "string" ? cell : cell.text);

function blockMarkdown(block: Block): string {
  switch (block.kind) {
    case "text":
      return escaped(block.text);
    case "list":
      return block.items.map(({ lead, text }) => `- **${escaped(lead)}**: ${escaped(text)}`).join("\n");
    case "facts":
      return block.items.map(([label, value]) => `- ${escaped(label)}: ${escaped(value)}`).join("\n");
    case "claims":
      return block.items
        .map(({ claim, answer, evidence }) =>
          [`- ${escaped(claim)}: **${escaped(answer)}**`, ...(evidence === "" ? [] : [`  ${escaped(evidence)}`])].join("\n"),
        )
        .join("\n");
    case "steps":
      return block.items
        .map(({ why, commands }, index) => `${index + 1}. ${escaped(why)}\n\n${commands.map((one) => `       ${one}`).join("\n")}`)
        .join("\n\n");
    case "table":
      return [
        line(block.columns.map(({ title }) => escaped(title))),
        line(block.columns.map(({ isNumber }) => (isNumber ? "---:" : "---"))),
        ...block.rows.map((row) => line(row.map(textOf))),
      ].join("\n");
    case "figure-table":
      return [`**${escaped(block.title)}**`, tableRows(block.table).join("\n"), escaped(block.caption)].join("\n\n");
    case "figure":
      return `**${escaped(block.figure.title)}** (${block.figure.name})\n\n${escaped(block.figure.caption.join(" "))}`;
  }
} // prettier-ignore
