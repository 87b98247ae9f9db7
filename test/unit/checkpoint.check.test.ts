import { existsSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { networkTensors, describeArchitecture } from "../../src-shared/architecture.ts";
import type { RunConfig } from "../../src-shared/runConfig.ts";
import { flatLayout } from "../../src-main/compiler/flatLayout.ts";
import { CheckpointFolder } from "../../src-main/trainer/checkpoint.ts";
import { checkCheckpoint, checkpointIteration, readCheckpoint } from "../../src-main/trainer/checkpointFile.ts";
import { forkCheckpoint } from "../../src-main/trainer/forkCheckpoint.ts";
import { emptyState } from "../../src-main/trainer/state.ts";
import { openBench, smallConfig, type Bench } from "./archiveFixture.ts";

/** Larger than what is read at once. */
const wide: RunConfig = { ...smallConfig, network: { ...smallConfig.network, width: 24 } };

let bench: Bench;
let file: string;
let whole: Buffer;
beforeAll(() => {
  bench = openBench();
  file = path.join(bench.folder.checkpoints, "last.safetensors");
  const layout = flatLayout(networkTensors(describeArchitecture(wide.network, 10)));
  const state = emptyState(layout);
  state.weights.forEach((_, at) => (state.weights[at] = Math.sin(at)));
  new CheckpointFolder(bench.folder.checkpoints, { config: wide, datasetChecksum: "abc", layout }).save(
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

describe("a fork's first checkpoint", () => {
  const forked = (changes: Partial<RunConfig> = {}): { config: RunConfig; target: string } => ({
    config: { ...wide, training: { ...wide.training, weightDecay: 0 }, ...changes },
    target: path.join(bench.folder.checkpoints, "forked.safetensors"),
  });
  beforeEach(() => {
    writeFileSync(file, whole);
    rmSync(forked().target, { force: true });
  });

  it("has the same tensors in the same order, its own configuration and a checksum that holds", async () => {
    const { config, target } = forked();
    expect(await forkCheckpoint(file, target, config)).toBe(5);
    const [own, origin] = [readCheckpoint(target), readCheckpoint(file)];
    expect([...own.tensors]).toEqual([...origin.tensors]);
    expect(own).toMatchObject({ config, progress: { iteration: 5, elapsedMs: 0 } });
    expect(await checkCheckpoint(target)).toMatchObject({ config });
  });

  it.each([
    ["another network", { network: { ...wide.network, depth: 14 } }, "A fork keeps its run's network."],
    ["another data set", { dataset: "cifar100" }, "A fork keeps its run's dataset."],
    ["too short a schedule", { training: { ...wide.training, iterations: 5 } }, "the fork would end after 5"],
  ])("is refused for %s", async (_, changes, message) => {
    const { config, target } = forked(changes);
    await expect(forkCheckpoint(file, target, config)).rejects.toThrow(message);
    expect(existsSync(target)).toBe(false);
  });

  it("is refused where a bit of the origin's tensors is another", async () => {
    const flipped = Buffer.from(whole);
    flipped[whole.length - 5_000] ^= 4;
    writeFileSync(file, flipped);
    const { config, target } = forked();
    await expect(forkCheckpoint(file, target, config)).rejects.toThrow("its checksum differs");
  });
});
