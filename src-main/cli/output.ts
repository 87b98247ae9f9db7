import cliProgress from "cli-progress";
import { WorkbenchError } from "../../src-shared/errors.ts";

/** Standard output is for results (with `--json`: one object a line and nothing else); people read standard error. */
export function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}

export function printLine(text = ""): void {
  process.stdout.write(`${text}\n`);
}

/** A line for the person who watches: progress, notes, what comes next. */
export function say(text: string): void {
  process.stderr.write(`${text}\n`);
}

export function sayError(error: unknown): void {
  if (error instanceof WorkbenchError) {
    say(`rwb: ${error.message} [${error.code}]`);
    if (error.mend) say(`     ${error.mend}`);
    return;
  }
  say(`rwb: ${error instanceof Error ? (error.stack ?? error.message) : String(error)} [internal]`);
}

/** Progress of a long step: a bar on a terminal, elsewhere a plain line now and then. */
export interface Progress {
  update(done: number, detail?: string): void;
  stop(): void;
}

const plainLineEveryMs = 10_000;

export function startProgress(title: string, total: number, unit: string): Progress {
  if (process.stderr.isTTY) {
    const bar = new cliProgress.SingleBar(
      {
        format: `${title} [{bar}] {percentage} % {detail}`,
        hideCursor: true,
        stream: process.stderr,
        barCompleteChar: "#",
        barIncompleteChar: "-",
      },
      cliProgress.Presets.legacy,
    );
    bar.start(total, 0, { detail: "" });
    return {
      update: (done, detail = "") => bar.update(Math.min(done, total), { detail }),
      stop: () => bar.stop(),
    };
  }
  let saidAtMs = performance.now();
  return {
    update(done, detail = "") {
      const nowMs = performance.now();
      if (nowMs - saidAtMs < plainLineEveryMs) return;
      saidAtMs = nowMs;
      say(`${title}: ${Math.floor((100 * done) / total)} % of ${Math.round(total)} ${unit} ${detail}`.trimEnd());
    },
    stop() {},
  };
}
