import { capital } from "./figureNotes.ts";
import { grouped } from "./lists.ts";
import type { RunFigureData } from "./runFigureData.ts";

/** What every figure of a single run ends with: how far it is, and of which length, data and settings. */
export function runCaption({ run, state }: RunFigureData["cell"], labels: readonly string[]): string[] {
  const isWhole = state === "done";
  return [
    ...(isWhole
      ? []
      : [`${capital(stateWords[state])} at iteration ${grouped(run.done)} of ${grouped(run.iterations)}.`]),
    `${capital(labels.join(", "))}.`,
  ];
}

const stateWords = {
  done: "finished",
  running: "still training",
  waiting: "waiting",
  missing: "missing",
  failed: "failed",
  diverged: "diverged",
} as const satisfies Record<RunFigureData["cell"]["state"], string>;
