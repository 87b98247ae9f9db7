import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { fileError, WorkbenchError } from "../../src-shared/errors.ts";
import { addonSourceHash } from "./addonSource.ts";
import { engineCacheFolder } from "./cacheFolder.ts";
import { addonPath, compileAddon } from "./compile.ts";
import { Downloads, sha256Of } from "./downloads.ts";
import { waitForLock } from "../fileLock.ts";
import { linkEngine } from "./link.ts";
import { engineFolderName, locateEngine } from "./locate.ts";
import { type EngineFile, type EngineInfo, type EngineManifest, inspectEngine, manifestName } from "./manifest.ts";
import { hasNvidiaDriver } from "./nvidia.ts";
import { checkRoom, type Plan, planLines } from "./plan.ts";
import { type Device, platformKey, requirePlatform, tfjsFolder } from "./platform.ts";
import { probeEngine } from "./probe.ts";
import {
  type Context,
  copySources,
  findTensorFlow,
  gatherWheels,
  type Sources,
  unpackWheels,
  type Watcher,
} from "./source.ts";
import { describeStorage } from "./storage.ts";
import { requireCompiler, requirePip, requirePython } from "./tool.ts";
import { type Wheel, wheelsFor } from "./wheels.ts";

export interface SetupOptions {
  /** Default: gpu where an NVIDIA driver is, otherwise cpu. */
  readonly device?: Device | undefined;
  /** Wheel files at hand, by path; what is not among them is fetched. */
  readonly wheelFiles?: readonly string[] | undefined;
  /** A folder with TensorFlow's libraries and headers, instead of wheels. Default: RWB_LIBTENSORFLOW. */
  readonly from?: string | undefined;
  /** Build anew even if there is an engine. */
  readonly force?: boolean | undefined;
}

const partialEnding = ".partial";

/** Work in a folder that is not an engine before it is renamed, and is gone when the work fails. */
async function inPartialFolder(
  cacheFolder: string,
  work: (folder: string) => Promise<{ name: string }>,
): Promise<string> {
  // the lock is held, so whatever lies there belongs to nobody any more
  for (const name of readdirSync(cacheFolder).filter((each) => each.endsWith(partialEnding))) {
    rmSync(path.join(cacheFolder, name), { recursive: true, force: true });
  }
  const partial = path.join(cacheFolder, `build-${process.pid}${partialEnding}`);
  mkdirSync(partial);
  try {
    const { name } = await work(partial);
    const folder = path.join(cacheFolder, name);
    if (existsSync(folder)) renameSync(folder, path.join(cacheFolder, `old-${process.pid}${partialEnding}`));
    renameSync(partial, folder);
    rmSync(path.join(cacheFolder, `old-${process.pid}${partialEnding}`), { recursive: true, force: true });
    return folder;
  } finally {
    rmSync(partial, { recursive: true, force: true });
  }
}

function writeManifest(folder: string, manifest: EngineManifest): void {
  const file = openSync(path.join(folder, manifestName), "wx");
  writeFileSync(file, `${JSON.stringify(manifest, null, 2)}\n`);
  fsyncSync(file);
  closeSync(file);
}

interface Build {
  readonly context: Context;
  readonly device: Device;
  readonly cacheFolder: string;
  readonly compiler: string;
  readonly origin: EngineManifest["origin"];
  readonly source: readonly string[];
  readonly gather: (folder: string) => Promise<Sources>;
}

/** Gathers, compiles, tries and names one engine. */
async function build(request: Build): Promise<string> {
  const { context, device, compiler, cacheFolder } = request;
  const { platform, watcher, signal } = context;
  return inPartialFolder(cacheFolder, async (folder) => {
    const sources = await request.gather(folder);
    watcher.say(`  compile tfjs-node's addon with ${compiler} ...`);
    await compileAddon({
      ...{ compiler, platform, folder, signal },
      ...{ includeFolder: sources.includeFolder, libraries: sources.libraries },
      logFile: path.join(cacheFolder, "compile.log"),
    });
    const probe = await probeEngine(folder, signal);
    const addonFile = path.join(folder, addonPath);
    const addon: EngineFile = { path: addonPath, bytes: statSync(addonFile).size, sha256: await sha256Of(addonFile) };
    const hash = addonSourceHash();
    writeManifest(folder, {
      ...{ format: 1, tensorflow: probe.tensorflow, device, platform: platformKey, addon: hash },
      ...{ origin: request.origin, source: [...request.source], builtAt: new Date().toISOString() },
      files: [...sources.files, addon],
    });
    return { name: engineFolderName(device, hash, probe.tensorflow) };
  });
}

/** Given files by their names. @throws usage when one is not there */
function givenWheels(files: readonly string[]): Map<string, string> {
  for (const file of files) {
    if (!existsSync(file)) throw new WorkbenchError("usage", `There is no file ${file}.`, { mend: "--wheel FILE" });
  }
  return new Map(files.map((file) => [path.basename(file), path.resolve(file)]));
}

function requireWheels(device: Device, given: ReadonlyMap<string, string>): readonly Wheel[] {
  const wheels = wheelsFor(platformKey, device);
  if (wheels === undefined) {
    throw new WorkbenchError("platform-unsupported", `There is no ${device} engine for ${platformKey}.`, {
      mend: "npx --no-install rwb setup --device cpu",
    });
  }
  const stranger = [...given.keys()].find((name) => !wheels.some((wheel) => wheel.file === name));
  if (stranger !== undefined) {
    throw new WorkbenchError("usage", `${stranger} is not a wheel of the ${device} engine.`, {
      mend: `It is made from ${wheels.map((wheel) => wheel.file).join(", ")}.`,
    });
  }
  return wheels;
}

/** Checks what the build needs, says the plan, builds. The lock is held. */
async function prepareAndBuild(options: SetupOptions, device: Device, context: Context): Promise<EngineInfo> {
  const { platform, watcher, signal } = context;
  const cacheFolder = engineCacheFolder();
  const from = options.from ?? (process.env.RWB_LIBTENSORFLOW || undefined);
  const own = from === undefined ? undefined : findTensorFlow(path.resolve(from), platform);
  const downloads = new Downloads(cacheFolder);
  const given = givenWheels(options.wheelFiles ?? []);
  const wheels = own === undefined ? requireWheels(device, given) : [];
  const plan: Plan = {
    ...{ device, cacheFolder, from: own?.folder },
    wheels: wheels.map((wheel) => ({
      wheel,
      toFetchBytes: given.has(wheel.file) || downloads.has(wheel) ? 0 : wheel.bytes,
    })),
    unpackedBytes: own?.bytes ?? wheels.reduce((bytes, wheel) => bytes + wheel.unpackedBytes, 0),
  };
  const compiler = requireCompiler();
  const fetches = plan.wheels.some(({ toFetchBytes }) => toFetchBytes > 0);
  let python: string | undefined;
  if (fetches) {
    python = (await requirePython()).program;
    await requirePip(python);
  }
  checkRoom(plan);
  for (const line of planLines(plan)) watcher.say(line);

  const folder = await build({
    ...{ context, device, cacheFolder, compiler },
    origin: own === undefined ? "wheel" : "folder",
    source: own === undefined ? wheels.map((wheel) => wheel.file) : [own.folder],
    gather: async (into) => {
      if (own !== undefined) return copySources(own, into, context);
      const python_ = async (): Promise<string> => (python ??= (await requirePython()).program);
      const files = await gatherWheels(wheels, given, downloads, python_, context);
      return unpackWheels(files, into, plan.unpackedBytes, context);
    },
  });
  downloads.clear();
  signal.throwIfAborted();
  const inspection = inspectEngine(folder);
  if ("problem" in inspection) throw new WorkbenchError("internal", `${folder}: ${inspection.problem}`);
  return inspection.engine;
}

/**
 * Makes sure that there is an engine for the device, and links it into this checkout. With an engine there it takes
 * milliseconds. Two set-ups at once: the second waits for the first and finds its engine.
 *
 * @throws platform-unsupported, compiler-missing, python-missing, pip-missing, disk-full, network, checksum,
 *   engine-build, engine-broken, permission, interrupted
 */
export async function setupEngine(options: SetupOptions, watcher: Watcher, signal: AbortSignal): Promise<EngineInfo> {
  const platform = requirePlatform();
  const device = options.device ?? (hasNvidiaDriver() && platform.devices.includes("gpu") ? "gpu" : "cpu");
  const rebuild = options.force === true || options.from !== undefined;
  const cacheFolder = engineCacheFolder();
  let engine = rebuild ? undefined : locateEngine({ device });
  if (engine === undefined) {
    // asked first: making folders below a read-only disk ends in "no such file" (Node 24)
    if (!describeStorage(cacheFolder).writable) {
      throw new WorkbenchError("permission", `The folder ${cacheFolder} cannot be written to.`, {
        mend: "Name another one in RWB_ENGINE.",
      });
    }
    try {
      const startedAtMs = Date.now();
      const onWait = (): void => watcher.say("Another set-up is building the engine; waiting for it.");
      const release = await waitForLock(path.join(cacheFolder, "setup.lock"), onWait, signal);
      try {
        engine = locateEngine({ device });
        // built by the one that was waited for, it is new enough even for --force
        if (engine !== undefined && rebuild && Date.parse(engine.manifest.builtAt) < startedAtMs) engine = undefined;
        engine ??= await prepareAndBuild(options, device, { platform, watcher, signal });
      } finally {
        release();
      }
    } catch (error) {
      if (signal.aborted && !(error instanceof WorkbenchError && error.code === "interrupted")) {
        throw new WorkbenchError("interrupted", "The set-up was stopped; finished downloads are kept.", {
          mend: "The same command goes on.",
          cause: error,
        });
      }
      throw fileError(error, "setting up the engine");
    }
  }
  linkEngine(tfjsFolder, engine);
  return engine;
}
