import { WorkbenchError } from "../../src-shared/errors.ts";

/** One line of a wheel's RECORD (PEP 376, PEP 427): the wheel's own list of what is in it. */
export interface RecordEntry {
  readonly sha256: string;
  readonly bytes: number;
}

/** A CSV line's first field, which may be quoted, and the rest. */
const line = /^(?:"((?:[^"]|"")*)"|([^,]*)),(?:sha256=([A-Za-z0-9_-]+)=*)?,(\d*)$/;

/**
 * Reads a RECORD: path -> SHA-256 (hexadecimal) and size. Entries without a sum (RECORD itself) are left out.
 *
 * @throws checksum when a line is none of RECORD's
 */
export function parseRecord(text: string): Map<string, RecordEntry> {
  const entries = new Map<string, RecordEntry>();
  for (const each of text.split(/\r?\n/)) {
    if (each === "") continue;
    const match = line.exec(each);
    if (match === null) {
      throw new WorkbenchError("checksum", `The wheel's RECORD is damaged at: ${each.slice(0, 100)}`, {
        mend: "npx --no-install rwb setup",
      });
    }
    const [, quoted, plain, sum, bytes] = match;
    if (!sum || !bytes) continue;
    const path = quoted?.replaceAll('""', '"') ?? plain;
    entries.set(path, { sha256: Buffer.from(sum, "base64url").toString("hex"), bytes: Number(bytes) });
  }
  return entries;
}
