import { readFileSync, truncateSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { networkTensors, describeArchitecture } from "../../src-shared/architecture.ts";
import { flatLayout } from "../../src-main/compiler/flatLayout.ts";
import { checkCheckpoint, CheckpointFolder, checkpointIteration } from "../../src-main/trainer/checkpoint.ts";
import { emptyState } from "../../src-main/trainer/state.ts";
import { openBench, smallConfig, type Bench } from "./archiveFixture.ts";

let bench: Bench;
let file: string;
let whole: Buffer;
beforeAll(() => {
  bench = openBench();
  file = path.join(bench.folder.checkpoints, "last.safetensors");
  // Wider: larger than what is checked at once.
  const config = { ...smallConfig, network: { ...smallConfig.network, width: 24 } };
  const layout = flatLayout(networkTensors(describeArchitecture(config.network, 10)));
  const state = emptyState(layout);
  state.weights.forEach((_, at) => (state.weights[at] = Math.sin(at)));
  new CheckpointFolder(bench.folder.checkpoints, { config, datasetChecksum: "abc", layout }).save(
    { state, progress: { iteration: 5, elapsedMs: 1 } },
    { best: false },
  );
  whole = readFileSync(file);
  expect(whole.length).toBeGreaterThan(1.2e6);
});
afterAll(() => bench.close());

/** What the reader that takes the whole file at once says of it. */
const whatIsWrong = async (): Promise<{ check: unknown; read: unknown }> => {
  const check = await checkCheckpoint(file).then(({ progress }) => progress.iteration, (error: Error) => error.message); // prettier-ignore
  try {
    return { check, read: checkpointIteration(file) };
  } catch (error) {
    return { check, read: (error as Error).message };
  }
};

describe("a checkpoint that is checked a megabyte at a time", () => {
  it("is whole as one that is read at once is", async () => {
    writeFileSync(file, whole);
    expect(await whatIsWrong()).toEqual({ check: 5, read: 5 });
  });

  it.each([0, 7, 8, 9, 500, 1 << 20, (1 << 20) + 1, -1, -5_000])("is damaged likewise: a bit at %i", async (at) => {
    const flipped = Buffer.from(whole);
    flipped[at < 0 ? whole.length + at : at] ^= 4;
    writeFileSync(file, flipped);
    const { check, read } = await whatIsWrong();
    expect(check).toBe(read);
    expect(read).not.toBe(5);
  });

  it.each([0, 1, 8, 100, 1 << 20, -1])("is cut likewise: to %i bytes", async (bytes) => {
    writeFileSync(file, whole);
    truncateSync(file, bytes < 0 ? whole.length + bytes : bytes);
    const { check, read } = await whatIsWrong();
    expect(check).toBe(read);
    expect(read).not.toBe(5);
  });
});
