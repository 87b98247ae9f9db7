import { curveAxes, type CurveAxis } from "../../../src-shared/figures/curveAxis.ts";
import { roundUp } from "../../../src-shared/figures/ticks.ts";

export const smoothings = ["none", "light", "medium", "strong"] as const;
export type Smoothing = (typeof smoothings)[number];

/** Of the run's length, so that a short run is not smoothed away. */
const shares: Readonly<Record<Smoothing, number>> = { none: 0, light: 1 / 640, medium: 1 / 128, strong: 1 / 32 };

/** Width of the kernel in iterations, a round number. */
export const smoothingIterations = (smoothing: Smoothing, iterations: number): number =>
  smoothing === "none" ? 0 : Math.max(1, roundUp(iterations * shares[smoothing]));

const storedAs = "curves";

/** How curves are looked at: kept from run to run, and in this browser. */
class CurveChoices {
  axis: CurveAxis = $state("iteration");
  lossScale: "linear" | "log" = $state("linear");
  smoothing: Smoothing = $state("medium");

  constructor() {
    const [axis, scale, smoothing] = (localStorage.getItem(storedAs) ?? "").split(" ");
    this.axis = curveAxes.find((known) => known === axis) ?? this.axis;
    this.lossScale = scale === "log" ? "log" : "linear";
    this.smoothing = smoothings.find((known) => known === smoothing) ?? this.smoothing;
  }

  keep(): void {
    localStorage.setItem(storedAs, `${this.axis} ${this.lossScale} ${this.smoothing}`);
  }
}

export const curveChoices = new CurveChoices();
