import type { z } from "zod";

const mostRemembered = 2_000;

/**
 * Reads a column of JSON. Texts that recur in row after row (an engine, a data set, tags) are parsed and checked once; the
 * value is shared, so nobody may change it.
 */
export function jsonColumn<T>(schema: z.ZodType<T>): (text: string) => T {
  const known = new Map<string, T>();
  return (text) => {
    const before = known.get(text);
    if (before !== undefined) return before;
    const value = schema.parse(JSON.parse(text));
    if (known.size >= mostRemembered) known.clear();
    known.set(text, value);
    return value;
  };
}
