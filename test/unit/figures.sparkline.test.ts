import { expect, it } from "vitest";
import { sparkline } from "../../src-shared/figures/sparkline.ts";

it.each([
  { what: "nothing", values: [], line: "" },
  { what: "nothing finite", values: [NaN, Infinity], line: "" },
  { what: "one value", values: [7], line: "M20 6.5" },
  { what: "from the left edge to the right one", values: [1, 0], line: "M1.5 1.5L38.5 11.5" },
  { what: "what does not change lies in the middle", values: [2, 2], line: "M1.5 6.5L38.5 6.5" },
  { what: "a hole breaks it", values: [1, NaN, 0], line: "M1.5 1.5M38.5 11.5" },
])("$what", ({ values, line }) => {
  expect(sparkline({ values }, 40, 13)).toMatchObject({ line, band: "" });
});

it("the scale may be given", () => {
  expect(sparkline({ values: [0.5, 1], from: 0, to: 1 }, 40, 13).line).toBe("M1.5 6.5L38.5 1.5");
});

it("the band reaches the raw values' extremes, and the line its own", () => {
  const band = { low: [0, 4], high: [10, 6] };
  expect(sparkline({ values: [5, 5], band }, 40, 13)).toEqual({
    line: "M1.5 6.5L38.5 6.5",
    below: "M1.5 13L1.5 6.5L38.5 6.5L38.5 13Z",
    band: "M1.5 1.5L38.5 5.5L38.5 7.5L1.5 11.5Z",
  });
});
