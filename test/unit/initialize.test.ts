import { describe, expect, it } from "vitest";
import { flatLayout, flatParts } from "../../src-main/compiler/flatLayout.ts";
import { initialState } from "../../src-main/trainer/initialize.ts";
import { describeArchitecture, fanIn, networkTensors } from "../../src-shared/architecture.ts";

const layoutOf = (depth: number) =>
  flatLayout(
    networkTensors(describeArchitecture({ family: "residual", depth, width: 16, shortcut: "projection" }, 10)),
  );

describe("He normal", () => {
  it.each([20, 56, 110])("every kernel of residual-%i has the spread of its fan-in within 5 %%", (depth) => {
    const layout = layoutOf(depth);
    for (const [tensor, values] of flatParts(layout.weights, initialState(layout, 1).weights)) {
      if (tensor.role === "gamma") expect(values.every((value) => value === 1)).toBe(true);
      if (tensor.role === "beta" || tensor.role === "bias") expect(values.every((value) => value === 0)).toBe(true);
      if (tensor.role !== "kernel" || values.length < 2000) continue;
      const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
      const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
      expect(Math.abs(Math.sqrt(variance) / Math.sqrt(2 / fanIn(tensor)) - 1), tensor.name).toBeLessThan(0.05);
    }
  });
  it("is a function of the seed", () => {
    const layout = layoutOf(8);
    expect(initialState(layout, 1)).toEqual(initialState(layout, 1));
    expect(initialState(layout, 1).weights[0]).not.toBe(initialState(layout, 2).weights[0]);
  });
});
