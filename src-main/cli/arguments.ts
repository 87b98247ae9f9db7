import { InvalidArgumentError } from "commander";
import { parseFraction } from "../../src-shared/fraction.ts";

/** Parsers of option values; commander adds the option's name to what they say. */
export function positiveInteger(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError("Expected a whole number from 1 on.");
  return value;
}

/** A fraction as `0.25` or `1/32`, more than 0 and at most 1. */
export function scaleFraction(text: string): number {
  const value = parseFraction(text);
  if (value === undefined) throw new InvalidArgumentError("Expected a fraction such as 1/32 or 0.25, at most 1.");
  return value;
}
