import { curveAxes, type CurveAxis } from "../../../src-shared/figures/curveAxis.ts";
import { smoothings, type Smoothing } from "../../../src-shared/figures/smoothingChoice.ts";

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
