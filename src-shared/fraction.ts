/** "0.25", "1/32" as a number above 0 and up to 1; undefined for anything else. */
export function parseFraction(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)(?:\/(\d+(?:\.\d+)?))?$/.exec(text.trim());
  const value = match ? Number(match[1]) / Number(match[2] ?? 1) : NaN;
  return value > 0 && value <= 1 ? value : undefined;
}
