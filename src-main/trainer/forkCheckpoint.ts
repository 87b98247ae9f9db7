import { open, type FileHandle } from "node:fs/promises";
import { fileError, WorkbenchError } from "../../src-shared/errors.ts";
import type { RunConfig } from "../../src-shared/runConfig.ts";
import {
  canonical,
  CheckpointReader,
  hashPart,
  startChecksum,
  type CheckpointFacts,
  type CheckpointProgress,
} from "./checkpointFile.ts";
import { serializeSafetensorsHeader } from "./safetensors.ts";

const noChecksum = "0".repeat(64);
const keptByForks = ["network", "dataset", "validationImages", "preprocessing"] as const;

/**
 * Writes the checkpoint in `source` as the first one of another run, which goes on from it with `config`: the same tensors
 * and iterations, nothing said of a best one. A megabyte at a time, so that nobody waits for one of 1,202 layers.
 *
 * @param target a file that is not there yet; what is left of it after an error is no checkpoint
 * @returns iterations that are in it
 * @throws WorkbenchError `checkpoint-invalid`; `config-invalid` where `config` is of another network or data set
 */
export async function forkCheckpoint(source: string, target: string, config: RunConfig): Promise<number> {
  const reader = await CheckpointReader.open(source);
  try {
    requireForkable(reader.facts, config, source);
    await writing(target, (file) => copy(reader, file, config));
    return reader.facts.progress.iteration;
  } finally {
    await reader.close();
  }
}

/** Its checksum is known when all is copied: the header, of one length whatever the checksum is, is written twice. */
async function copy(reader: CheckpointReader, file: FileHandle, config: RunConfig): Promise<void> {
  const { header, metadata, facts } = reader;
  const { iteration } = facts.progress;
  const texts = {
    format: metadata.format,
    config: JSON.stringify(config),
    datasetChecksum: metadata.datasetChecksum,
    progress: JSON.stringify({ iteration, elapsedMs: 0 } satisfies CheckpointProgress),
  };
  const headerWith = (checksum: string): Uint8Array =>
    serializeSafetensorsHeader({ ...header, metadata: { ...texts, iteration: String(iteration), checksum } });
  const bodyStart = Math.min(...header.places.map(({ from }) => from));
  const shift = headerWith(noChecksum).length - bodyStart;

  const hash = startChecksum(texts);
  await reader.check(async (part) => {
    hashPart(hash, part);
    await file.write(part.bytes, 0, part.bytes.length, part.at + shift);
  });
  await file.write(headerWith(hash.digest("hex")), 0, undefined, 0);
}

function requireForkable(from: CheckpointFacts, config: RunConfig, source: string): void {
  const changed = keptByForks.find((key) => canonical(from.config[key]) !== canonical(config[key]));
  if (changed !== undefined) {
    throw new WorkbenchError("config-invalid", `A fork keeps its run's ${changed}.`, {
      mend: "Begin a new run for another one.",
    });
  }
  const { iteration } = from.progress;
  const { iterations } = config.training;
  if (iteration < iterations) return;
  const problem = `it has ${iteration} iterations, the fork would end after ${iterations}`;
  throw new WorkbenchError("checkpoint-invalid", `${source}: ${problem}`);
}

async function writing(target: string, write: (file: FileHandle) => Promise<void>): Promise<void> {
  try {
    const file = await open(target, "wx");
    try {
      await write(file);
      await file.sync();
    } finally {
      await file.close();
    }
  } catch (error) {
    throw fileError(error, "writing a fork's first checkpoint");
  }
}
