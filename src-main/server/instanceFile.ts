import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import path from "node:path";
import writeFileAtomic from "write-file-atomic";
import { z } from "zod";
import { fileError } from "../../src-shared/errors.ts";

const instanceSchema = z.object({
  /** Names the cookie. */
  instance: z.string().regex(/^[0-9a-f]{8}$/),
  /** Where it listened last: bookmarks stay good where that is free again. */
  port: z.int().min(1).max(65_535),
  /** While it serves: where, which process, and what entitles the folder's owner to a link. */
  serving: z.object({ origin: z.string(), processId: z.int(), secret: z.string() }).optional(),
});
export type Instance = z.infer<typeof instanceSchema>;

export const instanceFile = (home: string): string => path.join(home, "service.json");

export const newInstance = (): string => randomBytes(4).toString("hex");

/** What the browser shell of this folder left, or says now; undefined where it never ran. */
export function readInstance(home: string): Instance | undefined {
  try {
    return instanceSchema.parse(JSON.parse(readFileSync(instanceFile(home), "utf8")));
  } catch {
    // None yet; or damaged: nothing in it is worth keeping.
    return undefined;
  }
}

/** Readable by its owner alone. @throws WorkbenchError `disk-full`, `permission` */
export function writeInstance(home: string, instance: Instance): void {
  try {
    writeFileAtomic.sync(instanceFile(home), `${JSON.stringify(instance)}\n`, { mode: 0o600 });
  } catch (error) {
    throw fileError(error, `writing ${instanceFile(home)}`);
  }
}
