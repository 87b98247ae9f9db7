import { constants, cpSync, existsSync, realpathSync, statSync } from "node:fs";
import { copyFile } from "node:fs/promises";
import path from "node:path";
import { WorkbenchError } from "../../src-shared/errors.ts";
import { type Downloads, checkWheel, sha256Of } from "./downloads.ts";
import type { EngineFile } from "./manifest.ts";
import type { Platform } from "./platform.ts";
import { unpackWheel } from "./unpack.ts";
import type { Wheel } from "./wheels.ts";

/** How a long step is shown: the command line draws bars, tests collect. */
export interface Watcher {
  say(text: string): void;
  progress(title: string, total: number, unit: string): { update(done: number, detail?: string): void; stop(): void };
}

export interface Context {
  readonly platform: Platform;
  readonly watcher: Watcher;
  readonly signal: AbortSignal;
}

/** TensorFlow's libraries and headers, as they lie in the folder of an engine that is being built. */
export interface Sources {
  readonly files: EngineFile[];
  /** names of the libraries in tensorflow/, in the linker's order */
  readonly libraries: readonly string[];
  readonly includeFolder: string;
}

const megabytes = (bytes: number): number => bytes / 1e6;

/**
 * The headers that the addon includes, and their neighbours: 232 files, 1 MB; all of include/ would be 13,000 files and
 * 268 MB. They stay in the engine, so that it can be compiled anew from itself (--from).
 */
const headerFolders = ["tensorflow/c/", "tensorflow/core/platform/", "tsl/platform/", "xla/tsl/c/"];

function wanted(platform: Platform): (file: string) => boolean {
  const libraries = platform.libraries.map((name) => `tensorflow/${name}`);
  return (file) =>
    libraries.includes(file) ||
    // libraries, ptxas and libdevice; Python's __init__.py would come from every wheel under the same name
    /^nvidia\/[^/]+\/(?:lib|bin|nvvm)\/(?!__init__)/.test(file) ||
    (file.endsWith(".h") && headerFolders.some((below) => file.startsWith(`tensorflow/include/${below}`)));
}

/** Fetches what is not given or there already, each wheel with its own bar. */
export async function gatherWheels(
  wheels: readonly Wheel[],
  given: ReadonlyMap<string, string>,
  downloads: Downloads,
  python: () => Promise<string>,
  { watcher, signal }: Context,
): Promise<string[]> {
  const files: string[] = [];
  for (const wheel of wheels) {
    const own = given.get(wheel.file);
    if (own !== undefined) {
      await checkWheel(own, wheel, signal);
      files.push(own);
      continue;
    }
    if (downloads.has(wheel)) watcher.say(`  ${wheel.file} is there from an earlier set-up.`);
    const bar = watcher.progress(`  fetch ${wheel.requirement}`, megabytes(wheel.bytes), "MB");
    try {
      const onBytes = (bytes: number): void =>
        bar.update(megabytes(bytes), `${megabytes(bytes).toFixed(0)} of ${megabytes(wheel.bytes).toFixed(0)} MB`);
      files.push(await downloads.get(wheel, { python: await python(), onBytes, signal }));
      onBytes(wheel.bytes);
    } finally {
      bar.stop();
    }
  }
  return files;
}

/** Unpacks the wheels' libraries and headers below `folder`, each file checked against its wheel's RECORD. */
export async function unpackWheels(
  wheelFiles: readonly string[],
  folder: string,
  unpackedBytes: number,
  { platform, watcher, signal }: Context,
): Promise<Sources> {
  const bar = watcher.progress("  unpack and check", megabytes(unpackedBytes), "MB");
  let done = 0;
  const onBytes = (bytes: number): void => {
    done += bytes;
    bar.update(megabytes(done), `${megabytes(done).toFixed(0)} of ${megabytes(unpackedBytes).toFixed(0)} MB`);
  };
  const files: EngineFile[] = [];
  try {
    for (const wheel of wheelFiles)
      files.push(...(await unpackWheel(wheel, folder, { wants: wanted(platform), onBytes, signal })));
  } finally {
    bar.stop();
  }
  for (const library of platform.libraries) {
    if (files.some((file) => file.path === `tensorflow/${library}`)) continue;
    throw new WorkbenchError("engine-build", `The wheel holds no ${library}.`, {
      mend: "npx --no-install rwb setup --force",
    });
  }
  const includeFolder = path.join(folder, "tensorflow", "include");
  return {
    files: files.filter((file) => !file.path.startsWith("tensorflow/include/")),
    libraries: platform.libraries,
    includeFolder,
  };
}

/** A TensorFlow that is there already. */
export interface OwnTensorFlow {
  readonly folder: string;
  /** names of the libraries in `folder`, in the linker's order */
  readonly libraries: readonly [string, string];
  readonly includeFolder: string;
  readonly bytes: number;
}

/**
 * Looks where a libtensorflow release, the folder `tensorflow` of a Python's site-packages, and an engine keep their
 * libraries and headers.
 *
 * @throws engine-build when the folder is none of these
 */
export function findTensorFlow(from: string, { libraries: [cc, framework] }: Platform): OwnTensorFlow {
  const candidates = [from, path.join(from, "lib"), path.join(from, "tensorflow")].flatMap((folder) =>
    [cc, cc.replace("_cc", "")].map((main) => ({ folder, libraries: [main, framework] as const })),
  );
  const found = candidates.find(({ folder, libraries }) =>
    libraries.every((name) => existsSync(path.join(folder, name))),
  );
  const includes = [path.join(from, "include"), path.join(from, "tensorflow", "include")];
  const includeFolder = includes.find((each) => existsSync(path.join(each, "tensorflow", "c", "c_api.h")));
  if (found === undefined || includeFolder === undefined) {
    const what = found === undefined ? `${cc} with ${framework}` : "include/tensorflow/c/c_api.h";
    throw new WorkbenchError("engine-build", `${from} holds no ${what}.`, {
      mend: "Name the folder of a libtensorflow release, or the folder `tensorflow` in a Python's site-packages.",
    });
  }
  const bytes = found.libraries.reduce((sum, name) => sum + statSync(path.join(found.folder, name)).size, 0);
  return { ...found, includeFolder, bytes };
}

/** Copies the libraries and headers (where the disk can, without taking room twice). */
export async function copySources(own: OwnTensorFlow, folder: string, { signal }: Context): Promise<Sources> {
  const into = path.join(folder, "tensorflow");
  for (const below of headerFolders.filter((each) => existsSync(path.join(own.includeFolder, each)))) {
    cpSync(path.join(own.includeFolder, below), path.join(into, "include", below), { recursive: true });
  }
  const files: EngineFile[] = [];
  for (const name of own.libraries) {
    signal.throwIfAborted();
    const target = path.join(into, name);
    await copyFile(realpathSync(path.join(own.folder, name)), target, constants.COPYFILE_FICLONE);
    files.push({ path: `tensorflow/${name}`, bytes: statSync(target).size, sha256: await sha256Of(target, signal) });
  }
  return { files, libraries: own.libraries, includeFolder: own.includeFolder };
}
