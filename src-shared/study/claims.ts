import type { Family } from "../runConfig.ts";
import type { CellOutcome, FinishedOutcome } from "./cellOutcome.ts";
import { compare, type Estimate, type Order } from "./estimate.ts";

/**
 * What He et al. 2016 and the course report say of depth and shortcuts, each told from a study's numbers alone.
 * One seed is never a "yes".
 */
export const claimNames = [
  "plain-degrades",
  "not-over-fitting",
  "depth-helps-residual",
  "depth-hardly-slows-residual",
  "residual-beats-plain",
] as const;
export type ClaimName = (typeof claimNames)[number];

export const answers = ["yes", "no", "one-seed", "cannot-say"] as const;
export type Answer = (typeof answers)[number];

/** Why it cannot be said, or what else is to be known. */
export const reasons = [
  "missing-cells",
  "one-depth",
  "schedule-too-short",
  "within-spread",
  "one-seed-contrary",
] as const;
export type Reason = (typeof reasons)[number];

export interface Verdict {
  readonly claim: ClaimName;
  readonly answer: Answer;
  readonly reason: Reason | undefined;
  /** Seeds in which it holds, of those in which it could be told. */
  readonly holds: number;
  readonly seeds: number;
  /** Of the first seed that was told: "20 < 32 ~ 44 < 56", "20: 0.89 / 0.73". */
  readonly evidence: string;
}

type Told = { readonly kind: "holds" | "fails" | "unclear"; readonly evidence: string };
type Teller = (seed: readonly CellOutcome[]) => Told | Reason;

/** One network of one seed, by depth; undefined where a cell is not finished. */
function column(cells: readonly CellOutcome[], family: Family): Map<number, FinishedOutcome> | undefined {
  const found = new Map<number, FinishedOutcome>();
  for (const cell of cells.filter((other) => other.family === family).sort((a, b) => a.depth - b.depth)) {
    if (cell.outcome === undefined) return undefined;
    // The first of several shortcuts: the study's own.
    if (!found.has(cell.depth)) found.set(cell.depth, cell.outcome);
  }
  return found;
}

const signs: Readonly<Record<Order, string>> = { less: "<", tie: "~", greater: ">" };

interface Chain {
  readonly evidence: string;
  readonly steps: readonly Order[];
  /** The shallowest beside the deepest. */
  readonly ends: Order;
}

function chain(byDepth: ReadonlyMap<number, FinishedOutcome>, of: (outcome: FinishedOutcome) => Estimate): Chain {
  const depths = [...byDepth.keys()];
  const values = [...byDepth.values()].map(of);
  const steps = values.slice(1).map((value, index) => compare(values[index], value));
  const evidence = depths
    .map((depth, index) => (index === 0 ? `${depth}` : `${signs[steps[index - 1]]} ${depth}`))
    .join(" ");
  return { evidence, steps, ends: compare(values[0], values.at(-1)!) };
}

/** The ends stand as claimed and no step against it: holds. The ends stand the other way: fails. */
function tellChain({ evidence, steps, ends }: Chain, claimed: "less" | "greater"): Told {
  const contrary = claimed === "less" ? "greater" : "less";
  if (ends === contrary) return { kind: "fails", evidence };
  if (ends === claimed && !steps.includes(contrary)) return { kind: "holds", evidence };
  return { kind: "unclear", evidence };
}

function tellFamily(family: Family, of: (outcome: FinishedOutcome) => Estimate, claimed: "less" | "greater"): Teller {
  return (cells) => {
    const byDepth = column(cells, family);
    if (byDepth === undefined || byDepth.size === 0) return "missing-cells";
    if (byDepth.size === 1) return "one-depth";
    return tellChain(chain(byDepth, of), claimed);
  };
}

/** Over-fitting would lower the training error while the test error rises. */
const tellNotOverfitting: Teller = (cells) => {
  const byDepth = column(cells, "plain");
  if (byDepth === undefined || byDepth.size === 0) return "missing-cells";
  if (byDepth.size === 1) return "one-depth";
  const training = chain(byDepth, ({ trainingError }) => trainingError);
  const test = chain(byDepth, ({ testError }) => testError);
  const evidence = `training error ${training.evidence}; test error ${test.evidence}`;
  if (training.ends === "less" && test.ends === "less") return { kind: "holds", evidence };
  return { kind: test.ends === "less" && training.ends === "greater" ? "fails" : "unclear", evidence };
};

/** Deeper by so much more epochs to the same loss, and it is slower. */
const hardlySlower = 1.25;

/** Epochs until the loss of an epoch is at most `loss`; Infinity where none is. */
const epochsTo = ({ epochLosses }: FinishedOutcome, loss: number): number => {
  const found = epochLosses.findIndex((value) => value <= loss);
  return found === -1 ? Infinity : found + 1;
};

const tellHardlySlower: Teller = (cells) => {
  const byDepth = column(cells, "residual");
  if (byDepth === undefined || byDepth.size === 0) return "missing-cells";
  if (byDepth.size === 1) return "one-depth";
  // A loss that each of them comes to: the worst one's best epoch.
  const loss = Math.max(...[...byDepth.values()].map(({ epochLosses }) => Math.min(...epochLosses)));
  const epochs = [...byDepth].map(([depth, outcome]) => [depth, epochsTo(outcome, loss)] as const);
  const evidence = `epochs to a loss of ${loss.toPrecision(3)}: ${epochs.map(([depth, n]) => `${depth}: ${n}`).join(", ")}`;
  const ratio = epochs.at(-1)![1] / epochs[0][1];
  return { kind: ratio <= hardlySlower ? "holds" : "fails", evidence };
};

const tellBeatsPlain: Teller = (cells) => {
  const [plain, residual] = [column(cells, "plain"), column(cells, "residual")];
  if (plain === undefined || residual === undefined) return "missing-cells";
  const depths = [...plain.keys()].filter((depth) => residual.has(depth));
  if (depths.length === 0) return "missing-cells";
  const orders = depths.map((depth) => compare(residual.get(depth)!.loss, plain.get(depth)!.loss));
  const evidence = depths
    .map((depth, index) => {
      const [a, b] = [residual, plain].map((family) => family.get(depth)!.loss.mean.toPrecision(3));
      return `${depth}: ${a} ${signs[orders[index]]} ${b}`;
    })
    .join(", ");
  if (orders.every((order) => order === "less")) return { kind: "holds", evidence };
  return { kind: orders.every((order) => order === "greater") ? "fails" : "unclear", evidence };
};

interface Claim {
  readonly tell: Teller;
  /** On a shortened schedule its absence says nothing: depth pays late. */
  readonly needsWholeSchedule: boolean;
}

const claims: Readonly<Record<ClaimName, Claim>> = {
  "plain-degrades": { tell: tellFamily("plain", ({ loss }) => loss, "less"), needsWholeSchedule: false },
  "not-over-fitting": { tell: tellNotOverfitting, needsWholeSchedule: false },
  "depth-helps-residual": { tell: tellFamily("residual", ({ loss }) => loss, "greater"), needsWholeSchedule: true },
  "depth-hardly-slows-residual": { tell: tellHardlySlower, needsWholeSchedule: true },
  "residual-beats-plain": { tell: tellBeatsPlain, needsWholeSchedule: true },
};

/** @param scale of the study's schedule, 1 being the recipe's own */
export function verdicts(cells: readonly CellOutcome[], scale: number): Verdict[] {
  const bySeed = [...Map.groupBy(cells, ({ seed }) => seed).values()];
  return claimNames.map((claim) => verdictOn(claim, bySeed, scale));
}

function verdictOn(claim: ClaimName, bySeed: readonly (readonly CellOutcome[])[], scale: number): Verdict {
  const { tell, needsWholeSchedule } = claims[claim];
  const all = bySeed.map(tell);
  const told = all.filter((one): one is Told => typeof one !== "string");
  const holds = told.filter(({ kind }) => kind === "holds").length;
  const fails = told.filter(({ kind }) => kind === "fails").length;
  const facts = { claim, holds, seeds: told.length, evidence: told[0]?.evidence ?? "" };
  const cannotSay = (reason: Reason): Verdict => ({ ...facts, answer: "cannot-say", reason });
  const missing = all.find((one) => typeof one === "string");
  if (told.length === 0) return cannotSay(missing ?? "missing-cells");
  if (holds === told.length) return { ...facts, answer: told.length === 1 ? "one-seed" : "yes", reason: missing };
  if (needsWholeSchedule && scale < 1) return cannotSay("schedule-too-short");
  if (fails === told.length) {
    return told.length === 1 ? cannotSay("one-seed-contrary") : { ...facts, answer: "no", reason: missing };
  }
  return cannotSay("within-spread");
}
