import type { ClaimName, Reason } from "../../src-shared/study/claims.ts";
import type { Said } from "../../src-shared/study/verdictInWords.ts";
import { m } from "../paraglide/messages.js";

const claims: Readonly<Record<ClaimName, () => string>> = {
  "plain-degrades": m.verdict_plain_degrades,
  "not-over-fitting": m.verdict_not_over_fitting,
  "depth-helps-residual": m.verdict_depth_helps_residual,
  "depth-hardly-slows-residual": m.verdict_depth_hardly_slows_residual,
  "residual-beats-plain": m.verdict_residual_beats_plain,
};

const reasons: Readonly<Record<Reason, () => string>> = {
  "missing-cells": m.verdict_missing_cells,
  "one-depth": m.verdict_one_depth,
  "schedule-too-short": m.verdict_schedule_too_short,
  "within-spread": m.verdict_within_spread,
  "one-seed-contrary": m.verdict_one_seed_contrary,
};

export const claimWords = (claim: ClaimName): string => claims[claim]();

/** "yes, in 3 of 3 seeds", "cannot say: runs are missing": the same as `rwb study show` says, in the window's language. */
export function answerWords({ answer, reason, holds, seeds }: Omit<Said, "claim" | "evidence">): string {
  const why = reason ? reasons[reason]() : undefined;
  const weakened = (said: string): string =>
    why === undefined ? said : m.verdict_weakened({ answer: said, reason: why });
  switch (answer) {
    case "yes":
      return weakened(m.verdict_yes({ holds, seeds }));
    case "no":
      return weakened(m.verdict_no({ seeds }));
    case "one-seed":
      return weakened(m.verdict_one_seed());
    case "cannot-say":
      return m.verdict_cannot_say({ reason: why ?? m.verdict_unknown() });
  }
}

/** Evidence is signs and numbers, but for two claims, which have words around them. */
export function evidenceWords(evidence: string): string {
  const both = /^training error (.*); test error (.*)$/.exec(evidence);
  if (both) return m.verdict_training_and_test({ training: both[1], test: both[2] });
  const epochs = /^epochs to a loss of (\S+): (.*)$/.exec(evidence);
  return epochs ? m.verdict_epochs_to({ loss: epochs[1], epochs: epochs[2] }) : evidence;
}
