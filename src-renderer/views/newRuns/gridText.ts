import { parseFraction } from "../../../src-shared/fraction.ts";

/** What a person types for depths and seeds. */
export type ParsedList = { readonly values: readonly number[] } | { readonly error: "empty" | "form" | "many" };

const mostValues = 200;

/** "1, 2, 5-7" -> 1 2 5 6 7; each once, in the order in which they come. */
export function parseList(text: string): ParsedList {
  const parts = text.split(/[\s,;]+/).filter((part) => part !== "");
  if (parts.length === 0) return { error: "empty" };
  const values = new Set<number>();
  for (const part of parts) {
    const match = /^(\d{1,10})(?:[-–](\d{1,10}))?$/.exec(part);
    if (!match) return { error: "form" };
    const [from, to] = [Number(match[1]), Number(match[2] ?? match[1])];
    if (to < from) return { error: "form" };
    if (to - from + values.size >= mostValues) return { error: "many" };
    for (let value = from; value <= to; value++) values.add(value);
  }
  return { values: [...values] };
}

/** The other way round, with runs of three and more as ranges: "1-3, 7". */
export function listText(values: readonly number[]): string {
  const parts: string[] = [];
  for (let at = 0; at < values.length;) {
    let end = at;
    while (end + 1 < values.length && values[end + 1] === values[end] + 1) end++;
    if (end - at >= 2) parts.push(`${values[at]}-${values[end]}`);
    else parts.push(...values.slice(at, end + 1).map(String));
    at = end + 1;
  }
  return parts.join(", ");
}

/** "1/32", "0.25", "25 %" as a number above 0 and up to 1; undefined for anything else. */
export function parseScale(text: string): number | undefined {
  const percent = /^\s*(\d+(?:\.\d+)?)\s*%\s*$/.exec(text);
  if (!percent) return parseFraction(text.replace(/\s*\/\s*/, "/"));
  const value = Number(percent[1]) / 100;
  return value > 0 && value <= 1 ? value : undefined;
}
