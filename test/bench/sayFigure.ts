/** A measured figure as a line, beside what it should be. */
export const say = (what: string, value: number, unit: string, limit: string): void =>
  console.log(`${what.padEnd(58)} ${value.toFixed(1).padStart(9)} ${unit}   (limit: ${limit})`);
