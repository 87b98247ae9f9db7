import type { Plot } from "../../../src-shared/figures/plot.ts";

/** The same plots on the axes that they had before: a plot that is being read does not move under the cursor. */
export function onAxesOf<Name extends string>(
  plots: Record<Name, Plot>,
  before: Record<Name, Plot>,
): Record<Name, Plot> {
  const steady = (Object.keys(plots) as Name[]).map((name): [Name, Plot] => {
    const { x, y } = before[name];
    const fresh = plots[name];
    return [name, { ...fresh, x: { ...fresh.x, scale: x.scale }, y: { ...fresh.y, scale: y.scale } }];
  });
  return Object.fromEntries(steady) as Record<Name, Plot>;
}
