import { readFileSync } from "node:fs";
import { describeArchitecture, isRemovable } from "../../src-shared/architecture.ts";
import type { BlockRemoved, Lesion } from "../../src-shared/lesion.ts";
import { dataFile } from "../dataset/index.ts";
import { openCheckpointNetwork, type CheckpointNetworkOptions } from "./checkpointNetwork.ts";
import { argMax } from "./evaluation.ts";

/**
 * What removing single residual blocks does to a trained network at test time (Veit et al. 2016, section 4.1): of each
 * block in turn its shortcut alone is left, nothing is trained again, and the whole test set is shown to what remains.
 *
 * @param onBlock hears after each pass over the test set; the first is that of the intact network
 * @throws WorkbenchError `checkpoint-invalid`, `engine-missing`, `engine-broken`
 */
export async function measureLesion(
  options: Omit<CheckpointNetworkOptions, "hasGates">,
  onBlock: (done: number, total: number) => void,
): Promise<Lesion> {
  const { config, dataset } = options;
  const classes = dataset.classes.length;
  const { blocks } = describeArchitecture(config.network, classes);
  const pixels = new Uint8Array(readFileSync(dataFile(dataset, "testImages")));
  const labels = readFileSync(dataFile(dataset, "testLabels"));
  const network = await openCheckpointNetwork({ ...options, hasGates: true });
  const startMs = performance.now();
  const total = 1 + blocks.filter(isRemovable).length;
  let done = 0;
  const errorWithout = async (removed: number | undefined): Promise<number> => {
    const gates = Float32Array.from(blocks, (_, block) => Number(block !== removed));
    let image = 0;
    let wrong = 0;
    for await (const logits of network.logits(pixels, gates)) {
      for (let at = 0; at < logits.length; at += classes) {
        if (argMax(logits, at, classes) !== labels[image++]) wrong++;
      }
    }
    onBlock(++done, total);
    return wrong / image;
  };
  try {
    const testError = await errorWithout(undefined);
    const without: BlockRemoved[] = [];
    for (const [index, block] of blocks.entries()) {
      without.push({ block: block.name, testError: isRemovable(block) ? await errorWithout(index) : null });
    }
    const elapsedMs = performance.now() - startMs;
    const { iteration } = network;
    return { iteration, timeMs: Date.now(), elapsedMs, images: labels.length, testError, blocks: without };
  } finally {
    network.close();
  }
}
