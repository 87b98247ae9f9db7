import type { RunDetail } from "../../src-shared/contract/index.ts";
import { scaleInWords } from "../../src-shared/deviations.ts";
import { clockTime } from "./clock.ts";
import { printLine } from "./output.ts";
import { counted } from "./plural.ts";
import { percent, progressOf } from "./runTable.ts";
import { duration } from "../../src-shared/duration.ts";

/** A run in full, for people: what there is not is left out. */
export function printRun(run: RunDetail): void {
  printLine(`${run.id}: ${run.status}${run.trashedMs === null ? "" : ", in the trash"}`);
  for (const [title, text] of linesOf(run)) if (text) printLine(`  ${title.padEnd(14)}${text}`);
  printLine(`  ${"configuration".padEnd(14)}${JSON.stringify(run.config)}`);
}

function linesOf(run: RunDetail): (readonly [title: string, text: string | null | undefined])[] {
  const { network, precision, validationImages, dataset } = run.config;
  const shortcut = network.family === "plain" ? "" : `, shortcut ${network.shortcut}`;
  const loss = run.loss === null ? "" : `, loss ${Number(run.loss).toFixed(4)}`;
  const best = validationImages > 0 ? "best by validation" : "best on the test set";
  const speed = run.imagesPerSecond === null ? "" : `, ${Math.round(Number(run.imagesPerSecond))} images/s`;
  return [
    ["why", run.reason],
    ["network", `${network.family}-${network.depth}${shortcut}, ${precision}, seed ${run.seed}`],
    ["data", run.data ? `${run.data.title}${run.data.original ? "" : " (not the original)"}` : dataset],
    ["recipe", run.recipe && `${run.recipe}${run.scale === null ? "" : `, ${scaleInWords(run.scale)} of its schedule`}`],
    ["deviations", run.deviations.join("; ")],
    ["studies", run.studies.join(", ")],
    ["forked", run.forkedFrom && `from ${run.forkedFrom.run}, iteration ${run.forkedFrom.iteration}`],
    ["iteration", `${run.iteration} of ${run.iterations} (${progressOf(run)})${loss}`],
    ["checkpoint", run.checkpointIteration === null ? "" : `after iteration ${run.checkpointIteration}`],
    ["test accuracy", run.testAccuracy === null ? "" : `${percent(run.testAccuracy)} (${best} ${percent(run.bestTestAccuracy)})`],
    ["cores", run.threads === null ? "" : `${run.threads}, in ${counted(run.lanes ?? 1, "lane")}${speed}`],
    ["times", times(run)],
    ["code", run.codeVersion],
    ["engine", run.engine && Object.entries(run.engine).map(([name, version]) => `${name} ${version}`).join(", ")],
    ["tags", run.tags.join(", ")],
    ["notes", run.notes],
    ["folder", run.folder],
    ["it can", run.actions.join(", ")],
  ]; // prettier-ignore
}

function times({ createdMs, startedMs, endedMs }: RunDetail): string {
  const nowMs = Date.now();
  return [
    `added ${clockTime(createdMs, nowMs)}`,
    ...(startedMs === null ? [] : [`started ${clockTime(startedMs, nowMs)}`]),
    ...(endedMs === null ? [] : [`ended ${clockTime(endedMs, nowMs)}`]),
    ...(startedMs === null || endedMs === null ? [] : [`${duration(endedMs - startedMs)} from start to end`]),
  ].join(", ");
}
