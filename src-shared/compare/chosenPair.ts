import type { ComparedRun } from "../contract/comparisonContract.ts";
import { isWhole } from "../figures/comparisonData.ts";

type Candidate = Pick<ComparedRun, "id" | "family" | "depth" | "seed" | "checksum" | "iteration" | "iterations">;

/**
 * The two whose predictions are compared: those that were asked for; else plain and residual of one depth and seed, which
 * is what the whole laboratory is about: done before under way, and deep before shallow; else the first and the last. Always
 * of one data set.
 *
 * @param evaluated runs that have predictions
 * @returns undefined where no two can be compared
 */
export function chosenPair(
  evaluated: readonly Candidate[],
  asked: readonly [string, string] | null,
): readonly [string, string] | undefined {
  const isThere = (id: string): boolean => evaluated.some((run) => run.id === id);
  if (asked && asked[0] !== asked[1] && asked.every(isThere)) return asked;
  const pairs = evaluated
    .filter(({ family }) => family === "plain")
    .flatMap((plain) =>
      evaluated.filter((other) => isCounterpart(plain, other)).map((other) => [plain, other] as const),
    )
    .sort((a, b) => undone(a) - undone(b) || b[0].depth - a[0].depth || a[0].seed - b[0].seed);
  if (pairs.length > 0) return [pairs[0][0].id, pairs[0][1].id];
  for (const first of evaluated) {
    const last = evaluated.findLast(({ id, checksum }) => id !== first.id && checksum === first.checksum);
    if (last) return [first.id, last.id];
  }
  return undefined;
}

const undone = (pair: readonly Candidate[]): number => pair.filter((run) => !isWhole(run)).length;

const isCounterpart = (plain: Candidate, other: Candidate): boolean =>
  other.family === "residual" &&
  other.depth === plain.depth &&
  other.seed === plain.seed &&
  other.checksum === plain.checksum;
