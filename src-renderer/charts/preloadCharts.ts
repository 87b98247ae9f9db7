/** ECharts, once the window is there and has nothing else to do: then the first plot does not wait for it. */
export function preloadCharts(): void {
  const load = (): void => void import("./echarts.ts").catch(() => {});
  if ("requestIdleCallback" in globalThis) requestIdleCallback(load, { timeout: 5_000 });
  else setTimeout(load, 2_000);
}
