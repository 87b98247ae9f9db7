/** "a", "a and b", "a, b and c" */
export const inWords = (names: readonly string[]): string =>
  names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;

export const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? "" : "s"}`;

/** A whole number: 64000 -> "64,000" */
export const grouped = (value: number): string => String(value).replace(/\B(?=(\d{3})+$)/g, ",");
