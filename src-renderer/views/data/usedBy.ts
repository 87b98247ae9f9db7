import type { Run } from "../../../src-shared/contract/index.ts";
import { isEnd } from "../../../src-shared/runState.ts";

/** The runs on a data set: newest first, and those of them that still need it. */
export interface UsedBy {
  readonly runs: readonly Run[];
  readonly unfinished: number;
}

/** By data set's name. */
export function usedBy(runs: Iterable<Run>): ReadonlyMap<string, UsedBy> {
  const found = new Map<string, { runs: Run[]; unfinished: number }>();
  for (const run of runs) {
    let of = found.get(run.dataset);
    if (!of) found.set(run.dataset, (of = { runs: [], unfinished: 0 }));
    of.runs.push(run);
    if (!isEnd(run.status)) of.unfinished++;
  }
  for (const { runs: own } of found.values()) own.sort((a, b) => b.createdMs - a.createdMs);
  return found;
}
