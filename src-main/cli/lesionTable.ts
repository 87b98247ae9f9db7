import type { Lesion } from "../../src-shared/lesion.ts";
import { printLine } from "./output.ts";
import { textTable } from "./textTable.ts";

const percent = (fraction: number): string => (100 * fraction).toFixed(2);

/** A row a block: the test error without it, and how much worse that is than the intact network's. */
export function printLesion({ testError, blocks }: Lesion): void {
  const columns = [{ title: "removed" }, { title: "test error %", numbers: true }, { title: "change", numbers: true }];
  const rows = blocks.map(({ block, testError: without }) =>
    without === null
      ? [block, "-", "no shortcut"]
      : [block, percent(without), `${without < testError ? "" : "+"}${percent(without - testError)}`],
  );
  for (const line of textTable(columns, [["nothing", percent(testError), ""], ...rows])) printLine(line);
}
