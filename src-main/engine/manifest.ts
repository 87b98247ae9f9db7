import { readFileSync, statSync } from "node:fs";
import path from "node:path";
import { z } from "zod";
import { devices } from "./platform.ts";

/** The file that makes a folder an engine: it is written last, after the engine has run a matrix product. */
export const manifestName = "engine.json";

const engineFile = z.strictObject({
  /** relative to the engine's folder, with forward slashes */
  path: z.string().regex(/^(?!\/)(?!.*(?:^|\/)\.\.(?:\/|$)).+$/),
  bytes: z.int().min(0),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
});

const manifestSchema = z.strictObject({
  format: z.literal(1),
  /** As the library says it of itself, e.g. "2.21.0". */
  tensorflow: z.string(),
  device: z.enum(devices),
  platform: z.string(),
  /** addonSourceHash of what was compiled */
  addon: z.string(),
  /** A folder of the user's own may hold another TensorFlow than the wheels; it is used all the same. */
  origin: z.enum(["wheel", "folder"]),
  /** Where the libraries came from: names of wheels, or a folder. */
  source: z.array(z.string()),
  builtAt: z.iso.datetime(),
  files: z.array(engineFile).min(3),
});

export type EngineManifest = z.infer<typeof manifestSchema>;
export type EngineFile = z.infer<typeof engineFile>;

/** An engine that can be used. */
export interface EngineInfo {
  readonly folder: string;
  readonly manifest: EngineManifest;
  /** size of its files on disk */
  readonly bytes: number;
}

export type Inspection = { readonly engine: EngineInfo } | { readonly problem: string };

/** What is wrong with one file of an engine, by its size alone: hashing 850 MB at every start would take seconds. */
function fileProblem(folder: string, file: EngineFile): string | undefined {
  const found = statSync(path.join(folder, file.path), { throwIfNoEntry: false });
  if (found === undefined) return `${file.path} is missing`;
  if (found.size !== file.bytes) return `${file.path} has ${found.size} bytes instead of ${file.bytes}`;
  return undefined;
}

/** Looks at a folder of the cache: an engine, or why it is none. Takes about a millisecond. */
export function inspectEngine(folder: string): Inspection {
  let text: string;
  try {
    text = readFileSync(path.join(folder, manifestName), "utf8");
  } catch {
    return { problem: `${manifestName} is missing: the folder was never finished` };
  }
  let manifest: EngineManifest;
  try {
    manifest = manifestSchema.parse(JSON.parse(text));
  } catch {
    return { problem: `${manifestName} is damaged` };
  }
  for (const file of manifest.files) {
    const problem = fileProblem(folder, file);
    if (problem !== undefined) return { problem };
  }
  return { engine: { folder, manifest, bytes: manifest.files.reduce((sum, file) => sum + file.bytes, 0) } };
}
