import { InvalidArgumentError } from "commander";
import { closest } from "fastest-levenshtein";

/** Parsers of options that are lists, "20,32,44"; commander adds the option's name to what they say. */
const items = (text: string): string[] => [
  ...new Set(
    text
      .split(",")
      .map((item) => item.trim())
      .filter((item) => item !== ""),
  ),
];

/** A list of some of `names`; a misspelt one gets a suggestion. */
export const namesOf =
  <T extends string>(names: readonly T[]) =>
  (text: string): T[] => {
    const chosen = items(text);
    if (chosen.length === 0) throw new InvalidArgumentError(`Expected some of ${names.join(",")}.`);
    return chosen.map((item) => {
      const name = names.find((known) => known === item);
      if (name !== undefined) return name;
      const likely = closest(item, [...names]);
      throw new InvalidArgumentError(`There is no '${item}': did you mean '${likely}'? Possible: ${names.join(",")}`);
    });
  };

export function wholeNumbers(text: string): number[] {
  const numbers = items(text).map(Number);
  if (numbers.length === 0 || !numbers.every((number) => Number.isInteger(number) && number >= 0))
    throw new InvalidArgumentError("Expected whole numbers, separated by commas.");
  return numbers;
}

/** An option that may be given several times. */
export const collect = (value: string, previous: string[]): string[] => [...previous, value];
