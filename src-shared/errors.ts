/**
 * Every failure that the workbench foresees: a stable code, what failed, and the one thing that mends it.
 * Codes are part of the command line's and the RPC's contract; messages are not.
 */

/** Exit codes of the command line: 0 done, 1 failed, 2 wrong usage, 3 nothing to run with. */
export type ExitCode = 1 | 2 | 3;

const exitCodes = {
  // what was asked for makes no sense
  usage: 2,
  "config-invalid": 2,
  "config-unreadable": 2,
  "run-folder-exists": 2,
  "run-folder-missing": 2,
  // nothing to run with
  "modules-missing": 3,
  "engine-missing": 3,
  "engine-broken": 3,
  "python-missing": 3,
  "pip-missing": 3,
  "compiler-missing": 3,
  "dataset-missing": 3,
  "platform-unsupported": 3,
  // it went wrong on the way
  network: 1,
  checksum: 1,
  "disk-full": 1,
  "disk-read-only": 1,
  permission: 1,
  "engine-build": 1,
  "dataset-invalid": 1,
  "dataset-unknown": 2,
  "dataset-exists": 2,
  "archive-unsafe": 1,
  "golden-invalid": 1,
  "checkpoint-invalid": 1,
  "events-invalid": 1,
  locked: 1,
  "run-unknown": 2,
  "run-state": 2,
  "study-unknown": 2,
  "study-exists": 2,
  "figure-unknown": 2,
  "figure-empty": 1,
  "figure-exists": 2,
  "report-unknown": 2,
  memory: 1,
  "history-damaged": 1,
  "history-newer": 1,
  "history-network": 1,
  "archive-invalid": 1,
  "path-refused": 2,
  diverged: 1,
  interrupted: 1,
  "trainer-crashed": 1,
  compile: 1,
  internal: 1,
} as const satisfies Record<string, ExitCode>;

export type ErrorCode = keyof typeof exitCodes;
export const errorCodes = Object.keys(exitCodes) as [ErrorCode, ...ErrorCode[]];

/** An error that a person can act on. `mend` is a command or a sentence, never empty talk. */
export class WorkbenchError extends Error {
  readonly code: ErrorCode;
  readonly mend: string | undefined;

  constructor(code: ErrorCode, message: string, options: { mend?: string; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "WorkbenchError";
    this.code = code;
    this.mend = options.mend;
  }

  get exitCode(): ExitCode {
    return exitCodes[this.code];
  }
}

/** `ENOSPC` and its like, as an error that says what to do; anything else as it is. */
export function fileError(error: unknown, doing: string): unknown {
  const code = (error as { code?: string } | undefined)?.code ?? "";
  switch (code) {
    case "ENOSPC":
    case "EDQUOT":
      return new WorkbenchError("disk-full", `No room on the disk while ${doing}.`, {
        mend: "Free some disk space and run the same command again.",
        cause: error,
      });
    case "EACCES":
    case "EPERM":
      return new WorkbenchError("permission", `Not allowed to write while ${doing}: ${(error as Error).message}`, {
        mend: "Choose a folder that you may write to (--home DIR, or RWB_ENGINE for the engine).",
        cause: error,
      });
    case "EROFS":
      return diskReadOnly(doing, error);
    default:
      return error;
  }
}

/** The whole file system takes no writes, whoever asks: to free some space, or to be allowed more, would mend nothing. */
export const diskReadOnly = (doing: string, cause: unknown): WorkbenchError =>
  new WorkbenchError("disk-read-only", `The disk is read-only while ${doing}.`, {
    mend: "Make it writable again (after an error on it the system makes it read-only), or choose a folder on another disk (--home DIR, or RWB_ENGINE for the engine).",
    cause,
  });
