import { z } from "zod";
import { seriesNames, type Buckets, type IterationRange, type Series, type SeriesName } from "../series.ts";
import { fromWireNumber, toWireNumber, wireNumberSchema } from "../runEvent.ts";
import { packArrays, unpackArrays, type PackedArray } from "./packedArrays.ts";

/** What is known of a series as a whole, from every value of it; null where it has no (finite) value. */
export interface SeriesSummary {
  readonly values: number;
  /** Smallest and largest finite value, and the first iterations where they stand. */
  readonly minimum: number | null;
  readonly minimumAt: number | null;
  readonly maximum: number | null;
  readonly maximumAt: number | null;
  /** May be NaN or infinite. */
  readonly last: number | null;
  readonly lastAt: number | null;
  /** 0, or `nonFiniteBits` (src-shared/series.ts) or-ed together. */
  readonly nonFinite: number;
}

export interface PlottedSeries {
  /** The run's whole id. */
  readonly run: string;
  readonly name: SeriesName;
  readonly buckets: Buckets;
  readonly whole: SeriesSummary;
}

export interface SeriesForPlot {
  readonly range: IterationRange;
  readonly series: readonly PlottedSeries[];
}

const position = z.int().nullable();
const summarySchema = z.strictObject({
  values: z.int(),
  minimum: z.number().nullable(),
  minimumAt: position,
  maximum: z.number().nullable(),
  maximumAt: position,
  last: wireNumberSchema.nullable(),
  lastAt: position,
  nonFinite: z.int(),
});
const rangeSchema = z.strictObject({ from: z.int(), to: z.int() });
const plotMeta = z.strictObject({
  range: rangeSchema,
  series: z.array(z.strictObject({ run: z.string(), name: z.enum(seriesNames), whole: summarySchema })),
});

/** The columns of `Buckets`, in the order in which they are packed. */
export const bucketColumns = [
  "starts",
  "counts",
  "minimum",
  "minimumAt",
  "maximum",
  "maximumAt",
  "mean",
  "nonFinite",
] as const;

export function packSeries({ range, series }: SeriesForPlot): Uint8Array<ArrayBuffer> {
  const meta: z.infer<typeof plotMeta> = {
    range,
    series: series.map(({ run, name, whole }) => ({
      ...{ run, name },
      whole: { ...whole, last: whole.last === null ? null : toWireNumber(whole.last) },
    })),
  };
  const arrays = series.flatMap(({ buckets }) => bucketColumns.map((column): PackedArray => buckets[column]));
  return packArrays(meta, arrays);
}

/** @throws ZodError, RangeError, SyntaxError, TypeError where it is no answer of `series.read` */
export async function unpackSeries(blob: Blob): Promise<SeriesForPlot> {
  const { meta, arrays } = unpackArrays(await blob.arrayBuffer());
  const { range, series } = plotMeta.parse(meta);
  return {
    range,
    series: series.map(({ run, name, whole }, index) => ({
      ...{ run, name },
      whole: { ...whole, last: whole.last === null ? null : fromWireNumber(whole.last) },
      buckets: Object.fromEntries(
        bucketColumns.map((column, place) => [column, arrays[index * bucketColumns.length + place]]),
      ) as unknown as Buckets,
    })),
  };
}

/** A piece of a series, and where the next one begins; null at the end of what is known. */
export interface SeriesPiece {
  readonly series: Series;
  readonly next: number | null;
}

const pieceMeta = z.strictObject({ from: z.int(), gaps: z.array(rangeSchema), next: z.int().nullable() });

export const packPiece = ({ series: { from, gaps, values }, next }: SeriesPiece): Uint8Array<ArrayBuffer> =>
  packArrays({ from, gaps, next }, [values]);

/** @throws ZodError, RangeError, SyntaxError, TypeError where it is no answer of `series.raw` */
export async function unpackPiece(blob: Blob): Promise<SeriesPiece> {
  const { meta, arrays } = unpackArrays(await blob.arrayBuffer());
  const { from, gaps, next } = pieceMeta.parse(meta);
  return { series: { from, gaps, values: arrays[0] as Float32Array }, next };
}
