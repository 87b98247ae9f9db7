import * as echarts from "echarts";
import type { EvaluationLine } from "../../src-shared/contract/index.ts";
import { clockOf } from "../../src-shared/figures/clock.ts";
import { curveX, type CurveAxis } from "../../src-shared/figures/curveAxis.ts";
import { curvePlots, type CurveData, type CurveView } from "../../src-shared/figures/curves.ts";
import { palettes } from "../../src-shared/figures/palette.ts";
import type { Plot } from "../../src-shared/figures/plot.ts";
import { plotOption, type Size } from "../../src-shared/figures/plotOption.ts";
import type { Family } from "../../src-shared/runConfig.ts";
import { decimate, type IterationRange, type SeriesName } from "../../src-shared/series.ts";

export const iterations = 400;
const drops = [200, 300];

/** Numbers that look like noise and are the same everywhere. */
const wave = (iteration: number): number => Math.sin(iteration * iteration * 0.37);
const rateAt = (iteration: number): number => 0.1 * 0.1 ** drops.filter((drop) => iteration >= drop).length;

const values: Readonly<Record<SeriesName, (iteration: number) => number>> = {
  loss: (at) => 2.3 * Math.exp(-at / 150) + (rateAt(at) < 0.1 ? 0.1 : 0.4) + 0.1 * wave(at),
  accuracy: (at) => 0.9 - 0.8 * Math.exp(-at / 120) + 0.05 * wave(at),
  learningRate: rateAt,
  stepMs: (at) => (at < 100 ? 200 : 100),
};

export interface Drawn {
  readonly family?: Family;
  readonly depth?: number;
  /** Iterations that are done. */
  readonly done?: number;
  readonly axis?: CurveAxis;
  readonly range?: IterationRange;
  readonly lossScale?: CurveView["lossScale"];
  readonly theme?: "light" | "dark";
  readonly buckets?: number;
  /** Of the loss, instead of what it would be. */
  readonly loss?: (iteration: number) => number;
  readonly gaps?: readonly IterationRange[];
}

const evaluation = (iteration: number): EvaluationLine => ({
  ...{ iteration, timeMs: 0, elapsedMs: 3000, testLoss: values.loss(iteration) + 0.2, images: 1000 },
  ...{ testAccuracy: 0.85 - 0.8 * Math.exp(-iteration / 120), validationLoss: null, validationAccuracy: null },
});

/** The four plots of a small run that looks like a real one. */
export function drawnCurves({
  family = "residual",
  depth = 20,
  done = iterations,
  axis = "iteration",
  range = { from: 0, to: iterations },
  lossScale = "linear",
  theme = "light",
  buckets = 100,
  loss = values.loss,
  gaps = [],
}: Drawn = {}): ReturnType<typeof curvePlots> {
  const read = (name: SeriesName, within: IterationRange, most: number) => {
    const value = name === "loss" ? loss : values[name];
    const all = Float32Array.from({ length: done }, (_, iteration) => value(iteration));
    return decimate({ from: 0, values: all, gaps }, most, within);
  };
  const series = (name: SeriesName) => read(name, range, buckets);
  const data: CurveData = {
    run: { family, depth },
    batchSize: 128,
    schedule: { kind: "steps", base: 0.1, factor: 0.1, dropAtIterations: drops },
    series: {
      loss: series("loss"),
      accuracy: series("accuracy"),
      learningRate: series("learningRate"),
      stepMs: series("stepMs"),
    },
    evaluations: [100, 200, 300, 400].filter((at) => at <= done).map(evaluation),
  };
  const clock = clockOf(read("stepMs", { from: 0, to: iterations }, 100));
  const texts = { iteration: "iteration", epoch: "epoch", seconds: "s", minutes: "min", hours: "h" };
  return curvePlots(data, {
    x: curveX({ axis, range, iterations, epochIterations: 40, clock, texts }),
    lossScale,
    smoothingIterations: 20,
    palette: palettes[theme],
    texts: {
      ...{ loss: "cross entropy", accuracy: "accuracy", learningRate: "rate", speed: "images/s" },
      ...{ training: "training", test: "test", validation: "validation", notFinite: "not a number" },
    },
    isWhole: range.from === 0 && range.to === iterations,
  });
}

/** As a browser would draw it, without one. */
export function svgOf(plot: Plot, theme: "light" | "dark" = "light", size: Size = { width: 640, height: 220 }): string {
  const chart = echarts.init(null, null, { renderer: "svg", ssr: true, ...size });
  try {
    chart.setOption(plotOption(plot, palettes[theme], size));
    // Numbers of elements and of classes count on from picture to picture.
    return chart
      .renderToSVGString()
      .replaceAll(/zr\d+-/g, "zr-")
      .replaceAll(/></g, ">\n<");
  } finally {
    chart.dispose();
  }
}
