import { z } from "zod";
import { gridSchema, mostRunsInCollection, studyNameSchema } from "../../src-shared/contract/index.ts";
import { archiveInvalid } from "./archiveError.ts";

/**
 * An archive of several runs is a gzipped tar as well: `runs.json` first, then for each run what its own archive would
 * hold, below "0/", "1/" and so on. Without checkpoints a run of 64,000 iterations has some 3 MB.
 */
export const collectionName = "runs.json";
export const collectionFormat = "resnet-workbench-runs";
export const collectionVersion = 1;

const collectionSchema = z.strictObject({
  format: z.literal(collectionFormat),
  version: z.literal(collectionVersion),
  exportedAt: z.iso.datetime(),
  /** The study whose runs they are; null where they were picked. */
  study: z
    .strictObject({ name: studyNameSchema, template: z.string().max(100).nullable(), grid: gridSchema })
    .nullable(),
  runs: z.int().min(1).max(mostRunsInCollection),
});
export type Collection = z.infer<typeof collectionSchema>;

/** @throws WorkbenchError `archive-invalid` */
export function parseCollection(json: string): Collection {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (cause) {
    throw archiveInvalid(`has a ${collectionName} that is not JSON`, cause);
  }
  const parsed = collectionSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw archiveInvalid(`has a damaged ${collectionName}: ${z.prettifyError(parsed.error)}`);
}

export const memberBelow = (run: number): string => `${run}/`;
