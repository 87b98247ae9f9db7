import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync } from "node:fs";
import path from "node:path";

/** Why there can be no mount here; undefined where there can. */
export function mountProblem(): string | undefined {
  if (process.platform !== "linux") return "mounting a small file system needs Linux";
  if (process.getuid?.() !== 0) return "mounting a small file system needs root";
  return spawnSync("mount", ["--version"]).status === 0 ? undefined : "there is no command mount";
}

/** A tmpfs of so many bytes on a new folder below `parent`. */
export function mountTmpfs(parent: string, bytes: number): string {
  const folder = mkdtempSync(path.join(parent, "mount-"));
  run("mount", ["-t", "tmpfs", "-o", `size=${bytes}`, "rwb-faults", folder]);
  return folder;
}

/** @returns what mount says where it refuses */
export function remount(folder: string, mode: "ro" | "rw"): string | undefined {
  const { status, stderr } = spawnSync("mount", ["-o", `remount,${mode}`, folder], { encoding: "utf8" });
  return status === 0 ? undefined : stderr.trim();
}

/** Where `folder` is a mount of `mountTmpfs`; nothing otherwise. */
export function unmount(folder: string): void {
  if (process.platform !== "linux") return;
  const mounted = readFileSync("/proc/self/mounts", "utf8").split("\n");
  if (mounted.some((line) => line.startsWith(`rwb-faults ${folder} `))) run("umount", ["-l", folder]);
}

function run(command: string, args: readonly string[]): void {
  const { status, stderr } = spawnSync(command, args, { encoding: "utf8" });
  if (status !== 0) throw new Error(`${command} ${args.join(" ")}: ${stderr}`);
}
