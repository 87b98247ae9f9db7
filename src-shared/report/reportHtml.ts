import type { FigureTable } from "../figures/figure.ts";
import type { Block, ReportDocument, TableBlock, TableCell } from "./reportDocument.ts";
import type { ReportColours } from "./reportFacts.ts";
import { reportStyle } from "./reportStyle.ts";

export interface PageParts {
  readonly colours: ReportColours;
  /** `@font-face` rules whose fonts are in them. */
  readonly fontFaces: string;
}

/** What such a page may load: nothing that is not in it. The browser shell says the same in its headers. */
export const reportPolicy = "default-src 'none'; style-src 'unsafe-inline'; font-src data:";

const entities: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

/** Texts come from people, trainers and archives: nothing of them is markup. */
const escaped = (text: string): string => text.replace(/[&<>"]/g, (character) => entities[character]);

/** One file that needs nothing else, on the screen in daylight and in the dark, and on paper. */
export function reportHtml(document: ReportDocument, { colours, fontFaces }: PageParts): string {
  const { title, subtitle, lead, sections, foot } = document;
  const links = sections.map((section, index) => `<a href="#s${index}">${escaped(section.title)}</a>`);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${reportPolicy}">
<title>${escaped(title)} - report</title>
<style>
${fontFaces}
${reportStyle(colours)}</style>
</head>
<body>
<main>
<header>
<h1>${escaped(title)}</h1>
<p class="subtitle">${escaped(subtitle)}</p>
<p class="lead">${escaped(lead)}</p>
<nav aria-label="Sections">${links.join("")}</nav>
</header>
${sections
  .map(
    ({ title: heading, blocks }, index) =>
      `<section aria-labelledby="s${index}">\n<h2 id="s${index}">${escaped(heading)}</h2>\n${blocks.map(blockHtml).join("\n")}\n</section>`,
  )
  .join("\n")}
<footer>${escaped(foot)}</footer>
</main>
</body>
</html>
`;
}

function blockHtml(block: Block): string {
  switch (block.kind) {
    case "text":
      return `<p>${escaped(block.text)}</p>`;
    case "list":
      return `<ul class="plain">${block.items
        .map(({ lead, text }) => `<li><b>${escaped(lead)}</b>: ${escaped(text)}</li>`)
        .join("")}</ul>`;
    case "facts":
      return `<dl>${block.items.map(([label, value]) => `<dt>${escaped(label)}</dt><dd>${escaped(value)}</dd>`).join("")}</dl>`;
    case "claims":
      return `<ul class="claims">${block.items
        .map(({ claim, answer, tone, evidence }) => {
          const below = evidence === "" ? "" : `<span class="soft">${escaped(evidence)}</span>`;
          return `<li><span>${escaped(claim)}${below}</span><span class="mark ${tone}">${escaped(answer)}</span></li>`;
        })
        .join("")}</ul>`;
    case "steps":
      return `<ol class="steps">${block.items
        .map(({ why, commands }) => `<li>${escaped(why)}<pre>${commands.map(commandHtml).join("\n")}</pre></li>`)
        .join("")}</ol>`;
    case "table":
      return tableHtml(block);
    case "figure-table":
      return `<figure><h3>${escaped(block.title)}</h3>${figureTableHtml(block.table)}<figcaption>${escaped(block.caption)}</figcaption></figure>`;
    case "figure": {
      const { title, caption, svg } = block.figure;
      return `<figure><h3>${escaped(title)}</h3>${svg}<figcaption>${escaped(caption.join(" "))}</figcaption></figure>`;
    }
  }
}

/** An option's name is never broken at its hyphens. */
const commandHtml = (command: string): string => escaped(command).replace(/ (--[a-z-]+)/g, " <span>$1</span>");

const numberClass = (isNumber: boolean): string => (isNumber ? ' class="number"' : "");

function tableHtml({ columns, rows }: TableBlock): string {
  const head = columns.map(({ title, isNumber }) => `<th scope="col"${numberClass(isNumber)}>${escaped(title)}</th>`);
  const cell = (value: TableCell, isNumber: boolean): string =>
    typeof value === "string"
      ? `<td${numberClass(isNumber)}>${escaped(value)}</td>`
      : `<td><span class="mark ${value.tone}">${escaped(value.text)}</span></td>`;
  const body = rows.map((row) => `<tr>${row.map((value, at) => cell(value, columns[at].isNumber)).join("")}</tr>`);
  return `<div class="scroll"><table><thead><tr>${head.join("")}</tr></thead><tbody>${body.join("\n")}</tbody></table></div>`;
}

function figureTableHtml({ groups, rows }: FigureTable): string {
  const spans = groups.map(({ title, isGrey, columns }) =>
    title === ""
      ? `<td colspan="${columns.length}"></td>`
      : `<th class="group${isGrey ? " grey" : ""}" scope="colgroup" colspan="${columns.length}">${escaped(title)}</th>`,
  );
  const columns = groups.flatMap(({ isGrey, columns }) => columns.map((column) => ({ ...column, isGrey })));
  const classes = (isGrey: boolean): string => `number${isGrey ? " grey" : ""}`;
  const head = columns.map(({ title, isGrey }) => `<th scope="col" class="${classes(isGrey)}">${escaped(title)}</th>`);
  const body = Array.from({ length: rows }, (_, row) => {
    const cells = columns.map(({ cells, isGrey }) => `<td class="${classes(isGrey)}">${escaped(cells[row])}</td>`);
    return `<tr>${cells.join("")}</tr>`;
  });
  return `<div class="scroll"><table><thead><tr>${spans.join("")}</tr><tr>${head.join("")}</tr></thead><tbody>${body.join("\n")}</tbody></table></div>`;
}
