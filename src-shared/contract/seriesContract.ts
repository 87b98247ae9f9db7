import { z } from "zod";
import { seriesNames } from "../series.ts";
import { packedBlob } from "./packedBlob.ts";
import { bucketColumns } from "./packedSeries.ts";
import { procedure } from "./procedure.ts";
import { runIdSchema } from "./runSchema.ts";

const iteration = z.int().min(0);

/** Buckets that one answer may have, over all runs and series: 10 MB. */
const mostBuckets = 400_000;
/** Values that one answer may have: 1 MB. */
export const mostRawValues = 250_000;

export const seriesReadingSchema = z
  .strictObject({
    runs: z.array(runIdSchema).min(1).max(64).readonly(),
    series: z.array(z.enum(seriesNames)).min(1).max(seriesNames.length).readonly(),
    /** Iterations [from, to), the same for all runs; without them from 0 to where the longest of the runs is. */
    from: iteration.optional(),
    to: iteration.optional(),
    /** At most so many a series; a range of fewer iterations has one an iteration. */
    buckets: z.int().min(1).max(10_000),
  })
  .refine(({ runs, series, buckets }) => runs.length * series.length * buckets <= mostBuckets, {
    error: `more than ${mostBuckets} buckets in one answer`,
  });
export type SeriesReading = z.infer<typeof seriesReadingSchema>;

export const seriesContract = {
  /**
   * Several series of several runs for a plot: smallest and largest value of each bucket, so that no extreme hides, the
   * mean, and what is not finite. What it says of the whole series is computed from every value, whatever the range.
   */
  read: procedure
    .input(seriesReadingSchema)
    .output(
      packedBlob(
        `series in buckets: \`unpackSeries\` (src-shared/contract/packedSeries.ts); ${bucketColumns.join(", ")}`,
      ),
    ),
  /** Every value of one series from an iteration on, a piece a call. */
  raw: procedure
    .input(
      z.strictObject({
        run: runIdSchema,
        name: z.enum(seriesNames),
        from: iteration,
        /** Iterations. */
        most: z.int().min(1).max(mostRawValues).optional(),
      }),
    )
    .output(packedBlob("a piece of a series: `unpackPiece` (src-shared/contract/packedSeries.ts)")),
};
