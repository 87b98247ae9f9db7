/** The parts of ECharts that plots need (src-shared/figures/plotOption.ts); loaded with the first plot, not at the start. */
import { LineChart } from "echarts/charts";
import { GraphicComponent, GridComponent } from "echarts/components";
import { init, use } from "echarts/core";
import { CanvasRenderer } from "echarts/renderers";

use([LineChart, GridComponent, GraphicComponent, CanvasRenderer]);

export { init };
