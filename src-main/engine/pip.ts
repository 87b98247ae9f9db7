import { existsSync, readdirSync, rmSync, statSync } from "node:fs";
import path from "node:path";
import { WorkbenchError, type ErrorCode } from "../../src-shared/errors.ts";
import { runTool } from "./tool.ts";
import { type Wheel, wheelPython } from "./wheels.ts";

const watchEveryMs = 200;

interface Failure {
  readonly says: RegExp;
  readonly code: ErrorCode;
  readonly message: string;
  readonly mend: string;
}

const again = "npx --no-install rwb setup";
const elsewhere =
  "Where this machine cannot reach it: fetch the wheel elsewhere and name it (rwb setup --wheel FILE), or use a TensorFlow that is there (rwb setup --from DIR).";

/** What pip says, from the more to the less certain: behind "No matching distribution" may stand a dead network. */
const failures: readonly Failure[] = [
  {
    says: /No space left on device|\[Errno 28\]|Disk quota exceeded/,
    code: "disk-full",
    message: "No room on the disk while pip was fetching",
    mend: `Free some disk space, or name a folder with more room in RWB_ENGINE; then: ${again}`,
  },
  {
    says: /No module named pip/,
    code: "pip-missing",
    message: "Python's pip is missing, which was to fetch",
    mend: "python3 -m ensurepip",
  },
  {
    says: /THESE PACKAGES DO NOT MATCH THE HASHES/,
    code: "checksum",
    message: "pip found another checksum than the index names for",
    mend: again,
  },
  {
    says: /NewConnectionError|Max retries exceeded|name resolution|Timeout(?:Error)?|timed out|ProxyError|SSLError|CERTIFICATE|Connection (?:refused|reset|broken|aborted)|ConnectionError|IncompleteRead|HTTPError|Could not fetch URL/i,
    code: "network",
    message: "pip could not reach its package index for",
    mend: `Check the network and pip's settings (python3 -m pip config list), then: ${again}. ${elsewhere}`,
  },
  {
    says: /No matching distribution|Could not find a version/,
    code: "network",
    message: "pip's package index does not have",
    mend: `Another index may (PIP_INDEX_URL). ${elsewhere}`,
  },
  {
    says: /Permission denied|\[Errno 13\]|Read-only file system/,
    code: "permission",
    message: "pip was not allowed to write while it was fetching",
    mend: "Name a folder that you may write to in RWB_ENGINE.",
  },
];

/** pip's output as an error of ours. */
export function pipError(output: string, wheel: string): WorkbenchError {
  const lines = output.trim().split("\n");
  const lastWords = lines.filter((line) => /error/i.test(line)).at(-1) ?? lines.at(-1) ?? "";
  const failure = failures.find(({ says }) => says.test(output));
  const message = failure?.message ?? "pip could not fetch";
  return new WorkbenchError(failure?.code ?? "network", `${message} ${wheel}: ${lastWords.trim()}`, {
    mend: failure?.mend ?? `${again}. ${elsewhere}`,
  });
}

/** Bytes in all files below a folder; files that vanish meanwhile count nothing. */
export function bytesBelow(folder: string): number {
  if (!existsSync(folder)) return 0;
  let bytes = 0;
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
    if (!entry.isFile()) continue;
    bytes += statSync(path.join(entry.parentPath, entry.name), { throwIfNoEntry: false })?.size ?? 0;
  }
  return bytes;
}

export interface FetchOptions {
  readonly python: string;
  /** An empty folder of our own: pip's temporary files and the finished wheel lie in it. */
  readonly folder: string;
  readonly onBytes: (bytesSoFar: number) => void;
  readonly signal: AbortSignal;
}

/**
 * Fetches one wheel with `pip download`, which brings the machine's settings for index, proxy and certificates along.
 * Progress is the size of pip's temporary files: before pip 24.1 it prints none that a program could read.
 *
 * @returns the wheel's path, below `folder`
 * @throws network, disk-full, pip-missing, permission, checksum
 */
export async function fetchWheel(wheel: Wheel, { python, folder, onBytes, signal }: FetchOptions): Promise<string> {
  const args = [
    ...["-m", "pip", "download", "--no-deps", "--only-binary=:all:", "--no-input", "--disable-pip-version-check"],
    // pip's own cache would keep a second copy
    "--no-cache-dir",
    ...["--python-version", wheelPython, "--platform", wheel.pipPlatform, "--dest", folder, wheel.requirement],
  ];
  const watch = setInterval(() => {
    try {
      onBytes(Math.min(bytesBelow(folder), wheel.bytes));
    } catch {
      // a folder of pip's went away while it was being read; the next look will do
    }
  }, watchEveryMs);
  try {
    const env = { ...process.env, TMPDIR: folder, PYTHONUNBUFFERED: "1", PIP_PROGRESS_BAR: "off", NO_COLOR: "1" };
    const { code, output } = await runTool(python, args, { signal, env });
    if (code !== 0) throw pipError(output, wheel.file);
  } finally {
    clearInterval(watch);
  }
  const file = path.join(folder, wheel.file);
  if (existsSync(file)) return file;
  const others = readdirSync(folder).filter((name) => name.endsWith(".whl"));
  rmSync(folder, { recursive: true, force: true });
  throw new WorkbenchError("checksum", `pip fetched ${others.join(", ") || "nothing"} instead of ${wheel.file}.`, {
    mend: `Check pip's settings (python3 -m pip config list), then: ${again}`,
  });
}
