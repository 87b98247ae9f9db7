import { expect, it } from "vitest";
import { cutOff } from "../bench/cutOff.ts";

it("a window that was cut off knows every event once: the short form of test/bench/cut-off.ts", async () => {
  const { violations, changedRuns } = await cutOff(2, "reset");
  expect(violations).toEqual([]);
  expect(changedRuns).toBeGreaterThan(5);
});
