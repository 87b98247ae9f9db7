import { expect, it } from "vitest";
import { contrast, heatCell } from "../../src-shared/figures/heat.ts";
import { palettes, themeNames } from "../../src-shared/figures/palette.ts";

it.each([
  ["#000000", "#ffffff", 21],
  ["#ffffff", "#ffffff", 1],
  ["#777777", "#ffffff", 4.48],
])("%s on %s has a contrast of %d", (a, b, ratio) => {
  expect(contrast(a, b)).toBeCloseTo(ratio, 2);
});

it.each(themeNames)("what is written on a cell can be read, in the %s theme", (theme) => {
  const { heat, heatError } = palettes[theme];
  for (const colours of [heat, heatError]) {
    for (let share = 0; share <= 1; share += 0.01) {
      const { ground, ink } = heatCell(colours, share);
      expect(contrast(ground, ink)).toBeGreaterThanOrEqual(4.5);
    }
    expect(heatCell(colours, 2).ground).toBe(colours[1]);
  }
});
