import { closeSync, existsSync, fstatSync, openSync, readSync } from "node:fs";

const newline = 0x0a;
const chunkBytes = 1 << 20;

/** Reads a run's log as it grows: whole lines only; what follows the last newline is not there yet. */
export class EventTail {
  readonly #path: string;
  #offset = 0;

  /** Begins after the last whole line that the log has now. */
  constructor(path: string) {
    this.#path = path;
    this.read(() => {});
  }

  /** Hands over every line that has been completed since the last call. */
  read(onLine: (line: string) => void): void {
    if (!existsSync(this.#path)) return;
    const file = openSync(this.#path, "r");
    try {
      // A shorter log was begun anew.
      if (fstatSync(file).size < this.#offset) this.#offset = 0;
      let rest = Buffer.alloc(0);
      const chunk = Buffer.alloc(chunkBytes);
      for (let count: number; (count = readSync(file, chunk, 0, chunkBytes, this.#offset + rest.length)) > 0;) {
        rest = Buffer.concat([rest, chunk.subarray(0, count)]);
        const end = rest.lastIndexOf(newline) + 1;
        if (end === 0) continue;
        for (const line of rest.toString("utf8", 0, end - 1).split("\n")) onLine(line);
        this.#offset += end;
        rest = rest.subarray(end);
      }
    } finally {
      closeSync(file);
    }
  }
}
