import { roundUp } from "./ticks.ts";

/** How much curves are smoothed, as a person chooses it. */
export const smoothings = ["none", "light", "medium", "strong"] as const;
export type Smoothing = (typeof smoothings)[number];

/** Of the run's length, so that a short run is not smoothed away. */
const shares: Readonly<Record<Smoothing, number>> = { none: 0, light: 1 / 640, medium: 1 / 128, strong: 1 / 32 };

/** Width of the kernel in iterations, a round number. */
export const smoothingIterations = (smoothing: Smoothing, iterations: number): number =>
  smoothing === "none" ? 0 : Math.max(1, roundUp(iterations * shares[smoothing]));
