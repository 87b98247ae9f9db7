import type { Study, StudyCell, VerdictLine } from "../../src-shared/contract/index.ts";
import type { RecipeName } from "../../src-shared/recipes.ts";
import type { FidelityLine } from "../../src-shared/study/fidelity.ts";
import { fidelityInWords } from "../../src-shared/study/fidelityInWords.ts";
import { verdictInWords } from "../../src-shared/study/verdictInWords.ts";
import type { CommonOptions } from "./callServices.ts";
import { gridInWords } from "./gridOptions.ts";
import { printJson, printLine } from "./output.ts";
import { percent, progressOf } from "./runTable.ts";
import { textTable } from "./textTable.ts";

const countsInWords = ({ cells }: Study): string =>
  Object.entries(cells)
    .map(([state, count]) => `${count} ${state}`)
    .join(", ");

export function printStudies(studies: readonly Study[]): void {
  if (studies.length === 0) return;
  const rows = studies.map((study) => [study.name, countsInWords(study), gridInWords(study.grid)]);
  for (const line of textTable([{ title: "STUDY" }, { title: "CELLS" }, { title: "GRID" }], rows)) printLine(line);
}

/** The grid: depths and seeds down, families and shortcuts across. JSON: one object a cell. */
export function printStudy(
  { study, cells }: { study: Study; cells: readonly StudyCell[] },
  options: CommonOptions,
): void {
  if (options.json) {
    for (const { run, ...cell } of cells) {
      const { id = null, status = null, testAccuracy = null } = run ?? {};
      printJson({ study: study.name, ...cell, run: id, status, testAccuracy });
    }
    return;
  }
  printLine(`${study.name}, ${gridInWords(study.grid)}`);
  printLine(countsInWords(study));
  printLine();
  const severalShortcuts = new Set(cells.map(({ shortcut }) => shortcut)).size > 1;
  const columnOf = ({ family, shortcut }: StudyCell): string =>
    family === "plain" || !severalShortcuts ? family : `${family} ${shortcut}`;
  const rowOf = ({ depth, seed }: StudyCell): string => `${depth} ${seed}`;
  const columns = [...new Set(cells.map(columnOf))];
  const rows = [...new Set(study.grid.depths.flatMap((depth) => study.grid.seeds.map((seed) => `${depth} ${seed}`)))];
  const byPlace = new Map(cells.map((cell) => [`${rowOf(cell)} ${columnOf(cell)}`, cell]));
  const table = textTable(
    [{ title: "DEPTH", numbers: true }, { title: "SEED", numbers: true }, ...columns.map((column) => ({ title: column.toUpperCase() }))],
    rows.map((row) => [...row.split(" "), ...columns.map((column) => cellInWords(byPlace.get(`${row} ${column}`)))]),
  ); // prettier-ignore
  for (const line of table) printLine(line);
}

export function printVerdicts(verdicts: readonly VerdictLine[]): void {
  printLine();
  for (const verdict of verdicts) printLine(verdictInWords(verdict));
}

export function printFidelity(recipe: RecipeName, lines: readonly FidelityLine[]): void {
  if (lines.length === 0) return;
  printLine();
  for (const line of lines) printLine(fidelityInWords(recipe, line));
}

function cellInWords(cell: StudyCell | undefined): string {
  if (!cell) return "";
  const { state, run } = cell;
  switch (state) {
    case "done":
      return `done ${percent(run!.testAccuracy)}`;
    case "running":
      return `running ${progressOf(run!)}`;
    case "queued":
      return run!.status === "queued" ? "queued" : `queued (${run!.status} at ${progressOf(run!)})`;
    case "failed":
      return run!.status;
    case "missing":
      return "missing";
  }
}
