import type { Records } from "./figure.ts";

/** Comma-separated, one header line; what is not known is empty, what is not finite a word. */
export function toCsv({ columns, rows }: Records): string {
  const line = (values: readonly (string | number | undefined)[]): string => values.map(field).join(",");
  return [columns, ...rows].map((values) => `${line(values)}\n`).join("");
}

function field(value: string | number | undefined): string {
  if (value === undefined) return "";
  if (typeof value === "number") return shortest(value);
  return /[",\n\r]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
}

/** Without the digits that binary fractions leave behind; numbers that were float32 have nine at most. */
const shortest = (value: number): string => String(Number(value.toPrecision(10)));
