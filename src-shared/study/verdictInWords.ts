import type { Answer, ClaimName, Reason } from "./claims.ts";

export const claimWords: Readonly<Record<ClaimName, string>> = {
  "plain-degrades": "Deeper plain nets train worse (final training loss by depth)",
  "not-over-fitting": "It is not over-fitting: the training error rises too",
  "depth-helps-residual": "Depth helps residual nets (final training loss by depth)",
  "depth-hardly-slows-residual": "Depth hardly slows residual nets",
  "residual-beats-plain": "Residual beats plain at equal depth (final training loss)",
};

export const reasonWords: Readonly<Record<Reason, string>> = {
  "missing-cells": "runs are missing",
  "one-depth": "there is one depth only",
  "schedule-too-short": "the schedule is too short to tell",
  "within-spread": "the differences lie within the errors, or the seeds do not agree",
  "one-seed-contrary": "the one seed shows the contrary",
};

/** A verdict, as the program has it or as it travels. */
export interface Said {
  readonly claim: ClaimName;
  readonly answer: Answer;
  readonly reason?: Reason | null | undefined;
  readonly holds: number;
  readonly seeds: number;
  readonly evidence: string;
}

/** "yes, in 3 of 3 seeds", "observed in one seed" */
export function answerInWords({ answer, reason, holds, seeds }: Said): string {
  switch (answer) {
    case "yes":
      return `yes, in ${holds} of ${seeds} seeds`;
    case "no":
      return `no, in none of ${seeds} seeds`;
    case "one-seed":
      return "observed in one seed";
    case "cannot-say":
      return `cannot say: ${reason ? reasonWords[reason] : "too little is known"}`;
  }
}

/** "Deeper plain nets train worse (...) -> observed in one seed; 20 < 32 < 44 < 56" */
export function verdictInWords(said: Said): string {
  const weakened = said.answer !== "cannot-say" && said.reason ? ` (${reasonWords[said.reason]})` : "";
  const evidence = said.evidence === "" ? "" : `; ${said.evidence}`;
  return `${claimWords[said.claim]} -> ${answerInWords(said)}${weakened}${evidence}`;
}
