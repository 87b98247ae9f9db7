import path from "node:path";
import { Readable } from "node:stream";
import { setImmediate as nextTurn } from "node:timers/promises";
import { csvTables, type CsvTable } from "../../src-shared/contract/archiveContract.ts";
import { seriesNames } from "../../src-shared/series.ts";
import type { History } from "../history/index.ts";
import { writeWholeFile } from "./wholeFile.ts";

export type CsvFiles = Readonly<Record<CsvTable, string>>;

/** Where `exportCsv` puts a run's evaluations: "run.csv" has "run.evaluations.csv" beside it. */
export function evaluationsCsv(outFile: string): string {
  const { dir, name, ext } = path.parse(outFile);
  return path.join(dir, `${name}.evaluations${ext || ".csv"}`);
}

/**
 * A run's numbers as two tables for a spreadsheet or a script: one row an iteration in `outFile`, one an evaluation in the
 * file beside it (in one table, 999 of 1,000 rows of an evaluation's columns would be empty). Non-finite numbers are
 * "NaN", "Infinity", "-Infinity".
 *
 * @throws WorkbenchError `run-unknown`, `disk-full`, `permission`
 */
export async function exportCsv(history: History, runId: string, outFile: string): Promise<CsvFiles> {
  const { id } = history.runs.get(runId);
  const files = { series: outFile, evaluations: evaluationsCsv(outFile) };
  for (const table of csvTables) await writeWholeFile(files[table], openCsv(history, id, table));
  return files;
}

/** One of the two tables as a stream. @throws WorkbenchError `run-unknown` */
export function openCsv(history: History, runId: string, table: CsvTable): Readable {
  const { id } = history.runs.get(runId);
  return Readable.from((table === "series" ? seriesRows : evaluationRows)(history, id));
}

/** Some milliseconds; then it is somebody else's turn. */
const rowsAtOnce = 1_000;

async function* seriesRows(history: History, id: string): AsyncGenerator<string> {
  yield `iteration,${seriesNames.join(",")}\n`;
  const columns = seriesNames.map((name) => history.series.read(id, name));
  const [{ from, values, gaps }] = columns;
  const isGap = (iteration: number) => gaps.some((gap) => iteration >= gap.from && iteration < gap.to);
  for (let start = 0; start < values.length; start += rowsAtOnce) {
    let rows = "";
    for (let i = start; i < Math.min(values.length, start + rowsAtOnce); i++) {
      if (isGap(from + i)) continue;
      rows += `${from + i},${columns.map((column) => shortest(column.values[i])).join(",")}\n`;
    }
    yield rows;
    await nextTurn();
  }
}

function* evaluationRows(history: History, id: string): Generator<string> {
  yield "iteration,testLoss,testAccuracy,validationLoss,validationAccuracy\n";
  for (const { iteration, testLoss, testAccuracy, validationLoss, validationAccuracy } of history.evaluations.of(id)) {
    yield `${[iteration, testLoss, testAccuracy, validationLoss ?? "", validationAccuracy ?? ""].join(",")}\n`;
  }
}

/** The fewest digits that give the same float32 again: 2.3025851 rather than 2.302585124969482. */
function shortest(value: number): string {
  for (const digits of [6, 7, 8]) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === value) return String(short);
  }
  return String(Number(value.toPrecision(9)));
}
