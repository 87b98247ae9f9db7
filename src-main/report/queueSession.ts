import { mkdirSync, readFileSync } from "node:fs";
import path from "node:path";
import writeFileAtomic from "write-file-atomic";
import { z } from "zod";
import { reportsFolder } from "./reportFolder.ts";

const stateSchema = z.strictObject({
  /** From the first start of a run until nothing waits any more; null where nothing trains. Outlives a killed main. */
  session: z.strictObject({ startedMs: z.number(), plannedMs: z.number().nullable(), plannedRuns: z.int() }).nullable(),
  /** What runs were first expected to take, by id, in milliseconds. */
  estimates: z.record(z.string(), z.number()),
});
export type QueueSessionState = z.infer<typeof stateSchema>;

const nothing: QueueSessionState = { session: null, estimates: {} };
/** Of runs that are long done nobody asks any more. */
const mostEstimates = 5_000;

const fileIn = (home: string): string => path.join(reportsFolder(home), "session.json");

/** What is kept of the queue's present session; nothing where there is no file, or another version wrote it. */
export function readSession(home: string): QueueSessionState {
  try {
    return stateSchema.parse(JSON.parse(readFileSync(fileIn(home), "utf8")));
  } catch {
    return nothing; // a report can do without
  }
}

/** @throws what the file system says */
export function writeSession(home: string, { session, estimates }: QueueSessionState): void {
  mkdirSync(reportsFolder(home), { recursive: true });
  const kept = Object.entries(estimates).slice(-mostEstimates);
  writeFileAtomic.sync(fileIn(home), `${JSON.stringify({ session, estimates: Object.fromEntries(kept) })}\n`);
}
