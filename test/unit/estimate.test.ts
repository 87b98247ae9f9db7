import { mkdtempSync, rmSync, statSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { expect, it } from "vitest";
import { describeArchitecture, networkTensors } from "../../src-shared/architecture.ts";
import { recipes } from "../../src-shared/recipes.ts";
import { flatLayout } from "../../src-main/compiler/flatLayout.ts";
import { CheckpointFolder } from "../../src-main/trainer/checkpoint.ts";
import { estimateDisk, estimateRun } from "../../src-main/trainer/estimate.ts";
import { emptyState } from "../../src-main/trainer/state.ts";

it.each([8, 20, 110])("the disk that a run of %i layers needs is that of its checkpoints, and some for each iteration", (depth) => {
  const paper = recipes.paper.config();
  const config = { ...paper, network: { ...paper.network, depth } };
  const layout = flatLayout(networkTensors(describeArchitecture(config.network, 10)));
  const folder = mkdtempSync(path.join(os.tmpdir(), "rwb-estimate-"));
  try {
    const checkpoints = new CheckpointFolder(folder, { config, datasetChecksum: "abc", layout });
    checkpoints.save({ progress: { iteration: 1, elapsedMs: 1 }, state: emptyState(layout) }, { best: false });
    const { size } = statSync(checkpoints.file("last"));
    const needs = (iterations: number) => {
      const training = { ...config.training, iterations };
      const { checkpointBytes } = estimateRun(config, { images: 60_000, classes: 10, lanes: 1 });
      return estimateDisk({ ...config, training }, { checkpointBytes, testImages: 10_000 });
    };
    expect(needs(1) / (3 * size)).toBeGreaterThan(0.99);
    expect(needs(1) / (3 * size)).toBeLessThan(1.05);
    // Log, series and predictions of 64,000 iterations.
    expect(needs(64_000) - needs(1)).toBeGreaterThan(5e6);
    expect(needs(64_000) - needs(1)).toBeLessThan(15e6);
  } finally {
    rmSync(folder, { recursive: true });
  }
}); // prettier-ignore

// Peaks of rwb train on CIFAR-10 in two lanes (test/bench/train-start.ts).
it.each([
  { depth: 20, probes: [], peakMegabytes: 1127 },
  { depth: 56, probes: [], peakMegabytes: 1579 },
  { depth: 20, probes: [0], peakMegabytes: 1257 },
  { depth: 56, probes: [0], peakMegabytes: 1923 },
])(
  "residual-$depth that probes at $probes needs $peakMegabytes MB, and says so",
  ({ depth, probes, peakMegabytes }) => {
    const config = { ...recipes.course.config({ depth }), probe: { atIterations: probes } };
    const { memoryBytes } = estimateRun(config, { images: 60_000, classes: 10, lanes: 2 });
    expect(memoryBytes / 1e6 / peakMegabytes).toBeGreaterThan(0.9);
    expect(memoryBytes / 1e6 / peakMegabytes).toBeLessThan(1.1);
  },
);
