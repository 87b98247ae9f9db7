import type { ComparedRun } from "../../../src-shared/contract/index.ts";
import { isWhole } from "../../../src-shared/figures/comparisonData.ts";
import { percent } from "../../state/format.ts";
import { stateWord } from "../../ui/StateMark.svelte";

/** How far a run has come: "running 42 %", "waiting"; nothing where it is done. */
export function stateOf(run: ComparedRun): string {
  if (isWhole(run)) return "";
  if (run.iteration === 0) return stateWord(run.status);
  return `${stateWord(run.status)} ${percent(run.iteration / run.iterations, 0)}`;
}
