import { readFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buildInferenceProgram } from "../../src-main/compiler/inferenceProgram.ts";
import { flatParts } from "../../src-main/compiler/flatLayout.ts";
import { openDataset, type PreparedDataset } from "../../src-main/dataset/index.ts";
import { measureLesion } from "../../src-main/runner/measureLesion.ts";
import { initialState } from "../../src-main/trainer/initialize.ts";
import { RunFolder } from "../../src-main/trainer/runFolder.ts";
import { openSession, type Session } from "../../src-main/trainer/session.ts";
import { openWorkbench, type Workbench } from "../../src-main/workbench.ts";
import { describeArchitecture, isRemovable } from "../../src-shared/architecture.ts";
import { shortcuts, type NetworkConfig, type Shortcut } from "../../src-shared/runConfig.ts";
import { plainForward } from "./plainForward.ts";
import { rwb } from "./rwb.ts";
import { eventsOf, smallRun, temporaryFolder } from "./trainFixture.ts";

const shown = 2;
const side = 32;
const classes = 10;

/** A network with every tensor moved away from where it begins, so that nothing is 0 or 1 by chance. */
function network(shortcut: Shortcut) {
  const config: NetworkConfig = { family: "residual", depth: 14, width: 3, shortcut, initialization: "he-normal" };
  const options = { network: config, classes, precision: "float32", lanes: 1 } as const;
  const gated = buildInferenceProgram({ ...options, hasGates: true });
  const state = initialState(gated.layout, 7);
  const parts = [
    ...flatParts(gated.layout.weights, state.weights),
    ...flatParts(gated.layout.averages, state.averages),
  ];
  for (const [{ role }, values] of parts) {
    // About as wide as what comes in: no unit is dead, none is alone.
    if (role === "variance") values.forEach((_, i) => (values[i] = 0.2 + 0.1 * Math.cos(i)));
    else values.forEach((value, i) => (values[i] = value + 0.1 * Math.sin(3 * i)));
  }
  const tensors = new Map(parts.map(([{ name }, values]) => [name, values]));
  const { blocks } = describeArchitecture(config, classes);
  return { gated, bare: buildInferenceProgram(options), state, tensors, blocks, config };
}

const mean = Float32Array.from({ length: side * side * 3 }, (_, i) => 100 + (i % 41));
const divisor = new Float32Array(3).fill(255);

function imagesFor(batch: number): Float32Array {
  return Float32Array.from({ length: batch * side * side * 3 }, (_, i) => Math.round(127 + 120 * Math.sin(i * 0.37)));
}

describe.each(shortcuts)("a network with shortcut %s", (shortcut) => {
  const { gated, bare, state, tensors, blocks, config } = network(shortcut);
  const images = imagesFor(gated.batch);
  let sessions: { gated: Session; bare: Session };
  beforeAll(async () => {
    const settings = { lanes: 1, precision: "float32" } as const;
    sessions = { gated: await openSession(gated, settings), bare: await openSession(bare, settings) };
    for (const session of Object.values(sessions)) session.run("restore", { ...state });
  });
  afterAll(() => Object.values(sessions).forEach((session) => session.close()));

  const logitsWithout = (removed: number | undefined) => {
    const gates = Float32Array.from(blocks, (_, block) => Number(block !== removed));
    return sessions.gated.run("predict", { images, mean, divisor, gates }).logits;
  };

  it("says the same to the bit as one without gates where nothing is removed", () => {
    const { logits } = sessions.bare.run("predict", { images, mean, divisor });
    expect(logitsWithout(undefined)).toEqual(logits);
  });

  it("says without any of its blocks what a plain computation of the rest says", () => {
    const input = images.subarray(0, shown * side * side * 3).map((value, i) => (value - mean[i % mean.length]) / 255);
    const seen = new Set<string>();
    for (const removed of [undefined, ...blocks.keys()]) {
      if (removed !== undefined && !isRemovable(blocks[removed])) continue;
      const expected = plainForward(config, tensors, input, shown, removed);
      const logits = logitsWithout(removed).subarray(0, shown * classes);
      const largest = Math.max(...expected.map(Math.abs));
      logits.forEach((logit, i) => expect(Math.abs(logit - expected[i])).toBeLessThan(2e-5 * largest));
      seen.add(logits.join(" "));
    }
    // None of them is another's: each gate reaches its own block.
    expect(seen.size).toBe(1 + blocks.filter(isRemovable).length);
  });
});

describe("rwb run lesion", () => {
  const folder = temporaryFolder();
  const home = path.join(folder.path, "home");
  const names = { residual: "residual-8-s1-lesion", plain: "plain-8-s1-lesion1" } as const;
  let workbench: Workbench | undefined;
  let dataset: PreparedDataset;
  beforeAll(async () => {
    const more = { residual: ["--set", "network.shortcut=zero-pad"], plain: ["--set", "network.family=plain"] };
    for (const family of ["residual", "plain"] as const) {
      const out = path.join(home, "runs", names[family]);
      const args = smallRun("--out", out, ...more[family]);
      expect((await rwb(args, home)).code).toBe(0);
    }
    dataset = await openDataset(home, "shapes");
  });
  afterAll(async () => {
    await workbench?.close("the test is over");
    folder.remove();
  });

  it("finds the intact network as wrong as its last evaluation, and keeps what it found", async () => {
    const { code, out } = await rwb(["run", "lesion", names.residual, "--json"], home);
    expect(code).toBe(0);
    const lesion = JSON.parse(out) as { testError: number; blocks: { block: string; testError: number }[] };
    const evaluated = eventsOf(path.join(home, "runs", names.residual)).findLast(({ type }) => type === "evaluated");
    if (evaluated?.type !== "evaluated") throw new Error("no evaluation");
    expect(lesion).toMatchObject({ iteration: 60, images: dataset.testImages });
    expect(lesion.testError).toBeCloseTo(1 - evaluated.testAccuracy, 12);
    expect(lesion.blocks.map(({ block }) => block)).toEqual(["stage1.block1", "stage2.block1", "stage3.block1"]);
    // Without a shortcut that has learnt to do it alone, it does worse.
    expect(Math.max(...lesion.blocks.map(({ testError }) => testError))).toBeGreaterThan(lesion.testError);
    workbench = await openWorkbench({ home });
    expect(workbench.history.lesions.of(names.residual)).toEqual(lesion);
    await workbench.close("for a command");
    workbench = undefined;
    const table = await rwb(["run", "lesion", names.residual], home);
    expect(table.out).toContain("nothing");
    expect(table.out.trim().split("\n")).toHaveLength(5);
  }, 240_000);

  it("a plain network is refused, with the runs that are none", async () => {
    const { code, err } = await rwb(["run", "lesion", names.plain], home);
    expect(code).toBe(2);
    expect(err).toContain("[usage]");
    expect(err).toContain("Choose a residual run: rwb runs");
  });

  it("one at a time, of finished runs, until whoever asked leaves", async () => {
    workbench = await openWorkbench({ home });
    const run = workbench.history.runs.get(names.residual);
    const left = new AbortController();
    const measuring = measureLesion(home, run, () => {}, left.signal);
    await expect(measureLesion(home, run, () => {}, left.signal)).rejects.toMatchObject({ code: "locked" });
    setTimeout(() => left.abort(), 200);
    await expect(measuring).rejects.toMatchObject({ code: "interrupted" });
    const notDone = measureLesion(home, { ...run, status: "paused" }, () => {}, new AbortController().signal);
    await expect(notDone).rejects.toMatchObject({ code: "run-state" });
    const { checkpoints } = RunFolder.open(path.join(home, "runs", names.residual));
    expect(readFileSync(path.join(checkpoints, "last.safetensors")).length).toBeGreaterThan(0);
  });
});
