import type { RunEvent } from "../../src-shared/runEvent.ts";
import type { Connection } from "./connection.ts";
import { dropLoggedFacts, LineReader } from "./lineReader.ts";
import { atTheStart, readLog, type LogPosition, type LogReading } from "./logReader.ts";
import { runKey } from "./runKeys.ts";

/** So much of a log a transaction, that no call holds the event loop for longer than about 50 ms (20 MB/s on a busy machine). */
export const maxBytesACall = 1 << 19;

export interface Ingested {
  /** Lines that were counted, unreadable ones included. */
  readonly lines: number;
  /** There may be further lines: call again. */
  readonly more: boolean;
  /** Types of the readable ones, in their order. */
  readonly events: readonly RunEvent["type"][];
}

/** How far a run's log has been read. */
export interface LogState {
  readonly offset: number;
  readonly generation: string | undefined;
  /** Lines before `offset`, each counted once; of these `unreadable` were passed over. */
  readonly lines: number;
  readonly unreadable: number;
}

interface LogRow extends LogPosition {
  readonly lines: number;
  readonly unreadable: number;
}

/**
 * Reads what a run's log has gained into the history. The offset up to which it was read is stored in the same
 * transaction as what was read, so that each line counts exactly once, whoever dies. A log that was shortened or replaced
 * is read anew, and what came from the one before is dropped. The run's status is not touched.
 *
 * @throws WorkbenchError `run-unknown`; `disk-full`, `permission`: nothing has changed, call again later
 */
export function ingest(
  connection: Connection,
  id: string,
  eventsFile: string,
  options: { maxBytes: number; now: () => number },
): Ingested {
  const run = runKey(connection, id);
  const stored = readLogRow(connection, run);
  const reading = readLog(eventsFile, stored ?? atTheStart, options.maxBytes);
  if (!reading || (!reading.anew && reading.lines.length === 0)) return { lines: 0, more: false, events: [] };
  // Not synced: should a power cut take it back, offset and numbers go together, and the log is read again.
  return connection.write("reading a run's log", () => intake(connection, run, stored, reading, options.now), {
    durable: false,
  });
}

export function readLogState(connection: Connection, run: number): LogState {
  const row = readLogRow(connection, run);
  return {
    offset: row?.offset ?? 0,
    generation: row?.generation ?? undefined,
    lines: row?.lines ?? 0,
    unreadable: row?.unreadable ?? 0,
  };
}

const readLogRow = (connection: Connection, run: number): LogRow | undefined =>
  connection.get<LogRow>("SELECT offset, generation, tail, lines, unreadable FROM logs WHERE run = ?", run);

function intake(
  connection: Connection,
  run: number,
  stored: LogRow | undefined,
  { anew, lines, end, more }: LogReading,
  now: () => number,
): Ingested {
  if (anew) dropLoggedFacts(connection, run);
  const before = anew || !stored ? { lines: 0, unreadable: 0 } : stored;
  const reader = new LineReader(connection, run, before, now);
  const events = lines.flatMap((line) => reader.read(line) ?? []);
  reader.finish();
  connection.run(
    "INSERT OR REPLACE INTO logs (run, offset, generation, tail, lines, unreadable) VALUES (?, ?, ?, ?, ?, ?)",
    run,
    end.offset,
    end.generation,
    end.tail,
    before.lines + lines.length,
    reader.unreadable,
  );
  return { lines: lines.length, more, events };
}
