import { closeSync, existsSync, fstatSync, openSync, readSync } from "node:fs";
import { z } from "zod";

/** Up to where a log has been read, and how to know that it is still that log. */
export interface LogPosition {
  /** Bytes; always behind a newline, or 0. */
  readonly offset: number;
  /** Of its first line; null where that is not there yet, or unreadable. */
  readonly generation: string | null;
  /** The bytes before `offset`, at most `tailBytes`. */
  readonly tail: Uint8Array;
}

export const atTheStart: LogPosition = { offset: 0, generation: null, tail: new Uint8Array(0) };

export interface LogReading {
  /** The log is not the one that was read before: what came from that one does not count. */
  readonly anew: boolean;
  /** Whole lines, without their newlines. */
  readonly lines: readonly string[];
  readonly end: LogPosition;
  /** There may be further whole lines. */
  readonly more: boolean;
}

const newline = 0x0a;
const headBytes = 4_096;
const mostHeadBytes = 1 << 20;
/** A line ends with measured times, so so many bytes at one place are not the same by chance. */
const tailBytes = 64;

const headSchema = z.object({ type: z.literal("started"), generation: z.string() });

/**
 * Reads whole lines from `position` on, about `maxBytes` of them (one line more where it is longer). A log that is
 * shorter than before, has another generation, or other bytes before the position, is read from its beginning.
 *
 * @returns undefined where there is no log
 */
export function readLog(file: string, position: LogPosition, maxBytes: number): LogReading | undefined {
  if (!existsSync(file)) return undefined;
  const handle = openSync(file, "r");
  try {
    const { size } = fstatSync(handle);
    const generation = generationOf(handle, size);
    const anew = position.offset > 0 && !isSameLog(handle, generation, position);
    const from = anew ? 0 : position.offset;
    const { bytes, end } = readWholeLines(handle, from, size, maxBytes);
    if (end === 0) {
      const at = anew ? { ...atTheStart, generation } : { ...position, generation };
      return { anew, lines: [], end: at, more: false };
    }
    const before = Buffer.concat([anew ? atTheStart.tail : position.tail, bytes.subarray(0, end)]);
    return {
      anew,
      lines: bytes.toString("utf8", 0, end - 1).split("\n"),
      end: { offset: from + end, generation, tail: before.subarray(Math.max(0, before.length - tailBytes)) },
      more: from + bytes.length < size,
    };
  } finally {
    closeSync(handle);
  }
}

function isSameLog(handle: number, generation: string | null, position: LogPosition): boolean {
  if (generation !== position.generation) return false;
  const { tail, offset } = position;
  // A log that is shorter has fewer bytes there, or none.
  return read(handle, offset - tail.length, tail.length).equals(tail);
}

function generationOf(handle: number, size: number): string | null {
  for (let length = headBytes; ; length *= 4) {
    const head = read(handle, 0, Math.min(length, size));
    const end = head.indexOf(newline);
    if (end !== -1) return parseGeneration(head.toString("utf8", 0, end));
    if (length >= size || length >= mostHeadBytes) return null;
  }
}

function parseGeneration(line: string): string | null {
  try {
    return headSchema.safeParse(JSON.parse(line)).data?.generation ?? null;
  } catch {
    return null;
  }
}

/** @returns the bytes that were read, and where among them the last whole line ends (0: none is whole) */
function readWholeLines(handle: number, from: number, size: number, maxBytes: number): { bytes: Buffer; end: number } {
  for (let length = maxBytes; ; length *= 4) {
    const bytes = read(handle, from, Math.min(length, size - from));
    const end = bytes.lastIndexOf(newline) + 1;
    if (end > 0 || from + length >= size) return { bytes, end };
  }
}

function read(handle: number, from: number, length: number): Buffer {
  const buffer = Buffer.allocUnsafe(length);
  let filled = 0;
  for (let count: number; filled < length; filled += count) {
    count = readSync(handle, buffer, filled, length - filled, from + filled);
    if (count === 0) break;
  }
  return buffer.subarray(0, filled);
}
