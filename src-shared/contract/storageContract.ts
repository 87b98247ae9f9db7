import { z } from "zod";
import { procedure } from "./procedure.ts";

const bytes = z.number().min(0);

/** What a workbench folder holds. `logs` are the runs' events, configurations and words; those in the trash are `trash`. */
export const storageParts = ["checkpoints", "logs", "trash", "datasets", "history", "backups"] as const;
export type StoragePart = (typeof storageParts)[number];

export const storageSchema = z.strictObject({
  /** The workbench folder, and what is free on its disk. */
  home: z.string(),
  freeBytes: bytes,
  bytes: z.strictObject(
    Object.fromEntries(storageParts.map((part) => [part, bytes])) as Record<StoragePart, typeof bytes>,
  ),
  trashedRuns: z.int().min(0),
  /** Of checkpoints that the retention setting no longer keeps. */
  expiredBytes: bytes,
});
export type StorageLine = z.infer<typeof storageSchema>;

/** What a button frees: checkpoints that the retention setting no longer keeps; runs in the trash, for good. */
export const freeable = ["expired-checkpoints", "trash"] as const;

export const storageContract = {
  /** What takes how much of the disk. A tenth of a second for a hundred runs. */
  show: procedure.output(storageSchema),
  /** Answers with what is there then. */
  free: procedure.input(z.strictObject({ what: z.enum(freeable) })).output(storageSchema),
};
