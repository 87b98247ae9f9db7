import { philox4x32, scaleWord } from "../philox.ts";

/** Random numbers in a row, from a counter-based generator: a pure function of the key and of where it starts. */
export interface RandomStream {
  /** 32 random bits. */
  word(): number;
  /** A whole number, low ... high, both included. */
  between(low: number, high: number): number;
  /** [0, 1), a multiple of 2^-32. */
  fraction(): number;
  pick<Item>(items: readonly Item[]): Item;
}

export function createRandomStream(key0: number, key1: number, start1: number, start2: number): RandomStream {
  const words = new Uint32Array(4);
  let drawn = 0;
  const word = (): number => {
    if ((drawn & 3) === 0) philox4x32(words, drawn >>> 2, start1, start2, 0, key0, key1);
    return words[drawn++ & 3];
  };
  return {
    word,
    between: (low, high) => low + scaleWord(word(), high - low + 1),
    fraction: () => word() / 2 ** 32,
    pick: (items) => items[scaleWord(word(), items.length)],
  };
}
