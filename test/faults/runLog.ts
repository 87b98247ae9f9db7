import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { runEventSchema, type RunEvent } from "../../src-shared/runEvent.ts";

/** Ids of the runs that have a folder. */
export function runsOf(home: string): string[] {
  const folder = path.join(home, "runs");
  return existsSync(folder) ? readdirSync(folder).filter((name) => !name.startsWith(".")) : [];
}

export const eventsFile = (home: string, run: string): string => path.join(home, "runs", run, "events.ndjson");

/** Whole lines of a run's log, and bytes up to the end of the last one. */
export function logLines(home: string, run: string): { lines: string[]; bytes: number } {
  const file = eventsFile(home, run);
  const bytes = existsSync(file) ? readFileSync(file) : Buffer.alloc(0);
  const end = bytes.lastIndexOf(10) + 1;
  return { lines: bytes.toString("utf8", 0, end).split("\n").slice(0, -1), bytes: end };
}

export const eventsOf = (home: string, run: string): RunEvent[] =>
  logLines(home, run).lines.map((line) => runEventSchema.parse(JSON.parse(line)));

/** Lines of one type so far, without parsing each: it is asked for every few milliseconds. */
export const countOf = (home: string, run: string, type: RunEvent["type"]): number =>
  logLines(home, run).lines.filter((line) => line.startsWith(`{"type":"${type}"`)).length;

/** Checkpoints of all runs so far. */
export const checkpointsOf = (home: string): number =>
  runsOf(home).reduce((sum, run) => sum + countOf(home, run, "checkpointed"), 0);

/** How often each iteration counts, for a reader that drops what came after a `resumed` line's iteration before. */
export function timesCounted(events: readonly RunEvent[]): Map<number, number> {
  const times = new Map<number, number>();
  for (const event of events) {
    if (event.type === "resumed") for (const at of times.keys()) if (at >= event.fromIteration) times.delete(at);
    if (event.type !== "progress") continue;
    for (let i = event.fromIteration; i < event.fromIteration + event.loss.length; i++)
      times.set(i, (times.get(i) ?? 0) + 1);
  }
  return times;
}
