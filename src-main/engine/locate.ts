import { existsSync, readdirSync } from "node:fs";
import path from "node:path";
import { addonSourceHash } from "./addonSource.ts";
import { engineCacheFolder } from "./cacheFolder.ts";
import { hasNvidiaDriver } from "./nvidia.ts";
import { type EngineInfo, inspectEngine } from "./manifest.ts";
import { type Device, platformKey, tensorflowVersion } from "./platform.ts";

/** Every engine in the cache has a folder of this form. */
export function engineFolderName(device: Device, addon: string, version = tensorflowVersion): string {
  return `tensorflow-${version}-${device}-${platformKey}-${addon}`;
}

export interface LocateOptions {
  /** Only an engine for this device. Without it: a GPU engine where an NVIDIA driver is, otherwise one for the CPU; the newest. */
  readonly device?: Device | undefined;
  readonly cacheFolder?: string;
}

export interface BrokenEngine {
  readonly folder: string;
  readonly problem: string;
}

export interface Located {
  /** The engine to use. */
  readonly engine: EngineInfo | undefined;
  /** Every other engine that this checkout could use. */
  readonly others: readonly EngineInfo[];
  /** Folders with this checkout's name that are no engines. */
  readonly broken: readonly BrokenEngine[];
}

/**
 * Looks for an engine that fits this checkout and this platform. Reads names, manifests and file sizes only, so it can
 * be asked at every start; half-built and damaged folders never count.
 *
 * @throws modules-missing
 */
export function locateEngines(options: LocateOptions = {}): Located {
  const cache = options.cacheFolder ?? engineCacheFolder();
  const ending = `-${platformKey}-${addonSourceHash()}`;
  const names = existsSync(cache) ? readdirSync(cache).filter((name) => name.endsWith(ending)) : [];
  const engines: EngineInfo[] = [];
  const broken: BrokenEngine[] = [];
  for (const folder of names.map((name) => path.join(cache, name))) {
    const inspection = inspectEngine(folder);
    if ("engine" in inspection) {
      const { tensorflow, origin } = inspection.engine.manifest;
      if (tensorflow === tensorflowVersion || origin === "folder") engines.push(inspection.engine);
    } else broken.push({ folder, problem: inspection.problem });
  }
  const wanted = options.device ?? (hasNvidiaDriver() ? "gpu" : "cpu");
  const rank = ({ manifest }: EngineInfo): number => (manifest.device === wanted ? 0 : 1);
  engines.sort((a, b) => rank(a) - rank(b) || Date.parse(b.manifest.builtAt) - Date.parse(a.manifest.builtAt));
  const [first, ...rest] = engines;
  const fits = first !== undefined && (options.device === undefined || first.manifest.device === options.device);
  return { engine: fits ? first : undefined, others: fits ? rest : engines, broken };
}

/** The engine to use, if there is one. @throws modules-missing */
export function locateEngine(options: LocateOptions = {}): EngineInfo | undefined {
  return locateEngines(options).engine;
}
