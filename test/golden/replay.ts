import { readdirSync } from "node:fs";
import path from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { isWithinAllowance, replayGolden } from "../../src-main/trainer/golden.ts";
import { trajectories, trajectoryFile } from "./trajectories.ts";

/**
 * Replays the committed trajectories, and those of the folder that RWB_GOLDEN names, with `lanes` cores. TensorFlow
 * reads its threads once a process, so each number of lanes has a test file, which vitest runs in a process of its own.
 */
export function testTrajectories(lanes: number): void {
  const lines: string[] = [];
  afterAll(() => console.info(`difference / allowed, worst tensor, ${lanes} lane(s)\n${lines.join("\n")}`));

  const replay = async (file: string) => {
    const comparisons = await replayGolden(file, lanes);
    const [worst] = comparisons;
    lines.push(`${worst.ratio.toFixed(3)}  ${path.basename(file)}  ${worst.tensor}`);
    expect(comparisons.length).toBeGreaterThan(20);
    expect(comparisons.filter((comparison) => !isWithinAllowance(comparison))).toEqual([]);
  };

  describe(`committed trajectories, lanes: ${lanes}`, () => {
    test.for(Object.keys(trajectories))("%s", (name) => replay(trajectoryFile(name)));
  });

  const folder = process.env.RWB_GOLDEN;
  if (!folder) {
    test.skip("RWB_GOLDEN names no folder of more trajectories");
    return;
  }
  const files = readdirSync(folder).filter((name) => name.endsWith(".safetensors"));
  describe(`RWB_GOLDEN, lanes: ${lanes}`, () => {
    test("has trajectories", () => expect(files).not.toEqual([]));
    test.for(files)("%s", (name) => replay(path.join(folder, name)));
  });
}
