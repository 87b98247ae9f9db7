/**
 * Makes the committed trajectories anew:
 *
 *   node test/golden/make.ts PYTHON CIFAR10
 *
 * PYTHON is an interpreter with torch, numpy and safetensors; CIFAR10 the folder of CIFAR-10's binary version (the one
 * that holds data_batch_1.bin). One thread, so that two runs on one machine
 * write the same tensors (safetensors orders the metadata as it likes).
 */
import { spawnSync } from "node:child_process";
import path from "node:path";
import { trajectories, trajectoryFile } from "./trajectories.ts";

const [python, data] = process.argv.slice(2);
if (!python || !data) {
  process.stderr.write("usage: node test/golden/make.ts PYTHON CIFAR10\n");
  process.exit(2);
}
const script = path.join(import.meta.dirname, "torch_resnet.py");
for (const [name, options] of Object.entries(trajectories)) {
  process.stdout.write(`${name}: `);
  const args = [script, "golden", "--depth", "8", ...options.split(" "), "--data", data, "--out", trajectoryFile(name)];
  const env = { ...process.env, OMP_NUM_THREADS: "1" };
  const { status } = spawnSync(python, args, { stdio: "inherit", env });
  if (status !== 0) process.exit(1);
}
