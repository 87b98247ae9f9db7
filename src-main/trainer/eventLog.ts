import {
  closeSync,
  existsSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readSync,
  readFileSync,
  writeFileSync,
} from "node:fs";
import { fileError, WorkbenchError } from "../../src-shared/errors.ts";
import { runEventSchema, type RunEvent } from "../../src-shared/runEvent.ts";

const newline = 0x0a;
const chunkBytes = 64 * 1024;

/** Told of each line as it stands in the log, without its newline, after it was written. */
export type LineListener = (line: string, event: RunEvent) => void;

/**
 * A run's `events.ndjson`, open for appending. Only the trainer that holds the run's lock has one. A line is written
 * whole or, if the writer dies, is cut off by the next one.
 */
export class EventLog {
  readonly #file: number;
  readonly #onLine: LineListener;

  constructor(path: string, onLine: LineListener) {
    this.#file = openSync(path, "a+");
    this.#onLine = onLine;
    truncateToLastNewline(this.#file);
  }

  append(event: RunEvent): void {
    const line = JSON.stringify(event);
    try {
      writeFileSync(this.#file, `${line}\n`);
    } catch (error) {
      throw fileError(error, "writing the run's events");
    }
    this.#onLine(line, event);
  }

  /** Returns once everything that was appended is on the disk. */
  sync(): void {
    fsyncSync(this.#file);
  }

  close(): void {
    closeSync(this.#file);
  }
}

/** A killed writer leaves half a line; appending to it would lose both. */
function truncateToLastNewline(file: number): void {
  let end = fstatSync(file).size;
  const chunk = Buffer.alloc(chunkBytes);
  while (end > 0) {
    const from = Math.max(0, end - chunkBytes);
    const read = readSync(file, chunk, 0, end - from, from);
    const last = chunk.subarray(0, read).lastIndexOf(newline);
    if (last !== -1) {
      ftruncateSync(file, from + last + 1);
      return;
    }
    end = from;
  }
  ftruncateSync(file, 0);
}

/**
 * The events of a log; what follows its last newline is not there yet.
 * @throws WorkbenchError `events-invalid`, with the line's number
 */
export function readEvents(path: string): RunEvent[] {
  if (!existsSync(path)) return [];
  const lines = readFileSync(path, "utf8").split("\n").slice(0, -1);
  return lines.map((line, index) => {
    try {
      return runEventSchema.parse(JSON.parse(line));
    } catch (cause) {
      throw new WorkbenchError("events-invalid", `${path}, line ${index + 1} is no run event.`, { cause });
    }
  });
}
