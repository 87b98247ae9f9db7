import { execFile } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { dataFile, imageBytes, openDataset, type PreparedDataset } from "../../src-main/dataset/index.ts";
import { predict } from "../../src-main/trainer/predict.ts";
import { RunFolder } from "../../src-main/trainer/runFolder.ts";
import { pythonWith } from "./pythonWith.ts";
import { rwb } from "./rwb.ts";
import { eventsOf, lossesOf, smallRun, temporaryFolder } from "./trainFixture.ts";

const script = fileURLToPath(new URL("../../docs/pytorch_resnet.py", import.meta.url));
const folder = temporaryFolder();
const home = path.join(folder.path, "home");
const networks = {
  "plain-8-s1-aaaaa1": ["network.family=plain"],
  "residual-8-s1-aaaaa2": ["network.shortcut=none"],
  "residual-14-s1-aaaaa3": ["network.depth=14", "network.shortcut=zero-pad", "preprocessing=per-channel"],
  "residual-8-s1-aaaaa4": ["network.shortcut=projection", "network.width=8"],
} as const;
const names = Object.keys(networks) as (keyof typeof networks)[];
const folderOf = (name: string) => path.join(home, "runs", name);

beforeAll(async () => {
  for (const [name, settings] of Object.entries(networks)) {
    const more = settings.flatMap((setting) => ["--set", setting]);
    expect(await rwb(smallRun("--out", folderOf(name), ...more), home)).toMatchObject({ code: 0 });
  }
}, 300_000);
afterAll(() => folder.remove());

const run = promisify(execFile);
const floatsOf = (base64: string): Float32Array =>
  new Float32Array(new Uint8Array(Buffer.from(base64, "base64")).buffer);

describe("PyTorch", () => {
  const torch = pythonWith("RWB_TORCH_PYTHON", ["torch", "safetensors", "numpy"]);
  const images = 24;
  let dataset: PreparedDataset;
  beforeAll(async () => void (dataset = await openDataset(home, "shapes")));

  it.for(names)("gives the logits of %s's checkpoint", async (name, { skip }) => {
    if ("problem" in torch) return skip(torch.problem);
    const { config, lanes } = RunFolder.open(folderOf(name)).read();
    const checkpoints = RunFolder.open(folderOf(name)).checkpoints;
    const pixels = Uint8Array.from(readFileSync(dataFile(dataset, "testImages")).subarray(0, images * imageBytes));
    const ours = await predict({ config, lanes, checkpoints, checkpoint: "last", dataset }, pixels);
    const fed = path.join(folder.path, "pixels.u8");
    writeFileSync(fed, pixels);
    const { perChannelMean, perChannelStd } = dataset;
    const normalise =
      config.preprocessing === "per-pixel-mean"
        ? `(x - torch.from_numpy(np.fromfile(${JSON.stringify(dataFile(dataset, "mean"))}, np.float32)).view(32, 32, 3)) / 255`
        : `(x - torch.tensor([${perChannelMean.join()}])) / torch.tensor([${perChannelStd.join()}])`;
    const program = [
      `import sys, base64, torch, numpy as np; sys.path.insert(0, ${JSON.stringify(path.dirname(script))})`,
      "from pytorch_resnet import load",
      `x = torch.from_numpy(np.fromfile(${JSON.stringify(fed)}, np.uint8)).view(-1, 32, 32, 3).float()`,
      `x = (${normalise}).permute(0, 3, 1, 2)`,
      `net = load(${JSON.stringify(path.join(checkpoints, "last.safetensors"))})`,
      "with torch.no_grad(): y = net(x).log_softmax(1)",
      "print(base64.b64encode(y.contiguous().numpy().tobytes()).decode())",
    ].join("\n");
    const theirs = floatsOf((await run(torch.python, ["-B", "-c", program])).stdout.trim());
    expect(theirs).toHaveLength(ours.probabilities.length);
    const apart = theirs.map((value, at) => Math.abs(value - Math.log(ours.probabilities[at])));
    // Logits up to the constant that softmax forgets; float32 rounds differently in another order of summing.
    expect(Math.max(...apart)).toBeLessThan(2e-4);
    const spread = Math.max(...theirs) - Math.min(...theirs);
    expect(spread).toBeGreaterThan(0.5);
  });
});

describe("TensorBoard", () => {
  const tensorboard = pythonWith("RWB_TENSORBOARD_PYTHON", ["tensorboard"]);

  it("reads what rwb export writes", async ({ skip }) => {
    if ("problem" in tensorboard) return skip(tensorboard.problem);
    const [name] = names;
    const queued = await rwb(["runs", "--json"], home);
    expect(queued.code).toBe(0);
    const out = path.join(folder.path, "logs", name);
    expect(await rwb(["export", "--run", name, "--format", "tensorboard", "--out", out], home)).toMatchObject({
      code: 0,
    });
    const program = [
      "import sys, json",
      "from tensorboard.backend.event_processing.event_accumulator import EventAccumulator",
      "events = EventAccumulator(sys.argv[1], size_guidance={'scalars': 0, 'tensors': 0}); events.Reload()",
      "tags = events.Tags()",
      "read = {tag: [[e.step, e.value, e.wall_time] for e in events.Scalars(tag)] for tag in tags['scalars']}",
      "texts = {tag: events.Tensors(tag)[0].tensor_proto.string_val[0].decode() for tag in tags['tensors']}",
      "print(json.dumps({'scalars': read, 'texts': texts}))",
    ].join("\n");
    const { stdout } = await run(tensorboard.python, ["-c", program, out], { maxBuffer: 1 << 26 });
    const { scalars, texts } = JSON.parse(stdout) as {
      scalars: Record<string, [number, number, number][]>;
      texts: Record<string, string>;
    };
    expect(Object.keys(scalars).sort()).toEqual(
      ["accuracy/test", "accuracy/train", "learning_rate", "loss/test", "loss/train", "step_ms"].sort(),
    );
    const losses = [...lossesOf(folderOf(name))].map(([step, loss]) => [step, Math.fround(Number(loss))]);
    expect(scalars["loss/train"].map(([step, value]) => [step, value])).toEqual(losses);
    const events = eventsOf(folderOf(name));
    const evaluated = events.flatMap((event) => (event.type === "evaluated" ? [event] : []));
    expect(scalars["accuracy/test"]).toEqual(
      evaluated.map(({ iteration, testAccuracy, timeMs }) => [iteration, Math.fround(testAccuracy), timeMs / 1000]),
    );
    const seconds = scalars["loss/train"].map(([, , time]) => time);
    expect(seconds).toEqual(seconds.toSorted((a, b) => a - b));
    expect(seconds[0]).toBeGreaterThanOrEqual(events[0].timeMs / 1000);
    expect(seconds.at(-1)).toBeLessThanOrEqual(events.at(-1)!.timeMs / 1000);
    expect(texts.config).toContain('"family": "plain"');
  });
});
