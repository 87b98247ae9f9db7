import os from "node:os";
import path from "node:path";

/** The platform's folder for a program's own data. */
function applicationData(): string {
  if (process.platform === "darwin") return path.join(os.homedir(), "Library", "Application Support");
  if (process.platform === "win32") return process.env.APPDATA ?? path.join(os.homedir(), "AppData", "Roaming");
  return process.env.XDG_DATA_HOME ?? path.join(os.homedir(), ".local", "share");
}

/** Where neither `--home` nor RWB_HOME names another. */
export const usualHome = (): string => path.join(applicationData(), "resnet-workbench");

/** The workbench folder: `--home`, RWB_HOME, or the platform's application-data folder. */
export function workbenchHome(option?: string): string {
  return path.resolve(option ?? process.env.RWB_HOME ?? usualHome());
}

export const datasetsFolder = (home: string): string => path.join(home, "datasets");
export const runsFolder = (home: string): string => path.join(home, "runs");
