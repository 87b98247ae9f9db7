import os from "node:os";
import path from "node:path";

function platformCache(): string {
  if (process.platform === "darwin") return path.join(os.homedir(), "Library", "Caches");
  if (process.platform === "win32") return process.env.LOCALAPPDATA ?? path.join(os.homedir(), "AppData", "Local");
  return process.env.XDG_CACHE_HOME ?? path.join(os.homedir(), ".cache");
}

/** Where engines are kept, shared by checkouts: RWB_ENGINE, or the platform's cache folder. */
export function engineCacheFolder(): string {
  const named = process.env.RWB_ENGINE;
  return path.resolve(named ? named : path.join(platformCache(), "resnet-workbench", "engine"));
}
