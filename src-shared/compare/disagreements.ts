import type { Confusion } from "../metrics.ts";

/** How two networks stand on an image. */
export const standings = ["both-right", "only-a", "only-b", "both-wrong-same", "both-wrong-apart"] as const;
export type Standing = (typeof standings)[number];

/** Test images on which two networks differ, by how they do. */
export const disagreementKinds = ["all", "only-a", "only-b", "both-wrong-apart"] as const;
export type DisagreementKind = (typeof disagreementKinds)[number];

/** What two networks said of the same images, one entry an image. */
export interface PairOfPredictions {
  readonly labels: Uint8Array;
  readonly a: Uint8Array;
  readonly b: Uint8Array;
}

export function standingOf({ labels, a, b }: PairOfPredictions, image: number): Standing {
  const [isARight, isBRight] = [a[image] === labels[image], b[image] === labels[image]];
  if (isARight) return isBRight ? "both-right" : "only-a";
  if (isBRight) return "only-b";
  return a[image] === b[image] ? "both-wrong-same" : "both-wrong-apart";
}

export function standingCounts(pair: PairOfPredictions): Record<Standing, number> {
  const counts = Object.fromEntries(standings.map((standing) => [standing, 0])) as Record<Standing, number>;
  for (let image = 0; image < pair.labels.length; image++) counts[standingOf(pair, image)]++;
  return counts;
}

/** A cell of the difference: images of a class that exactly one of the two took for another. */
export interface DisagreementCell {
  readonly label: number;
  readonly predicted: number;
}

/**
 * Numbers of the images on which the two differ, ascending.
 * @param cell with it, those of that class that one of them, and not the other, took for `predicted`
 */
export function disagreements(pair: PairOfPredictions, kind: DisagreementKind, cell?: DisagreementCell): number[] {
  const { labels, a, b } = pair;
  const found: number[] = [];
  for (let image = 0; image < labels.length; image++) {
    if (a[image] === b[image]) continue;
    if (kind !== "all" && standingOf(pair, image) !== kind) continue;
    if (cell && (labels[image] !== cell.label || (a[image] !== cell.predicted && b[image] !== cell.predicted)))
      continue;
    found.push(image);
  }
  return found;
}

/**
 * Second minus first, [true][predicted] row by row.
 * @param first, second of the same images; one of them may know a class more (a damaged prediction)
 */
export function confusionDifference(first: Confusion, second: Confusion): { classes: number; counts: Int32Array } {
  const classes = Math.max(first.classes, second.classes);
  const counts = new Int32Array(classes * classes);
  for (const [{ classes: own, counts: from }, sign] of [
    [first, -1],
    [second, 1],
  ] as const) {
    for (let label = 0; label < own; label++) {
      for (let predicted = 0; predicted < own; predicted++) {
        counts[label * classes + predicted] += sign * from[label * own + predicted];
      }
    }
  }
  return { classes, counts };
}
