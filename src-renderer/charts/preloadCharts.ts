import { palettes } from "../../src-shared/figures/palette.ts";
import type { Plot, PlotAxis } from "../../src-shared/figures/plot.ts";
import { plotOption } from "../../src-shared/figures/plotOption.ts";
import { linearScale } from "../../src-shared/figures/ticks.ts";

/**
 * ECharts, once the window is there and has nothing else to do, with a first picture that nobody sees: its fonts are
 * measured then, and the first plot that is asked for waits for none of it.
 */
export function preloadCharts(): void {
  const load = (): void => void drawUnseen().catch(() => {});
  if ("requestIdleCallback" in globalThis) requestIdleCallback(load, { timeout: 5_000 });
  else setTimeout(load, 2_000);
}

const size = { width: 640, height: 200 };
const points = 200;

async function drawUnseen(): Promise<void> {
  const { init } = await import("./echarts.ts");
  const axis: PlotAxis = {
    ...{ scale: linearScale(0, points), title: "0", isLabelled: true },
    ...{ tick: String, text: String },
  };
  const column = Float64Array.from({ length: points }, (_, index) => index);
  const plot: Plot = {
    ...{ x: axis, y: axis, hairlines: [points / 2], marks: [] },
    lines: [
      {
        ...{ name: "0", colour: "#000000", look: "solid", shape: "line", isNamed: true },
        ...{ xs: column, ys: column, band: { low: column, high: column } },
      },
    ],
  };
  const chart = init(document.createElement("div"), null, { renderer: "canvas", ...size });
  try {
    chart.setOption(plotOption(plot, palettes.light, size));
    chart.getZr().flush();
  } finally {
    chart.dispose();
  }
}
