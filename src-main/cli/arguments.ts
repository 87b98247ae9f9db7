import { InvalidArgumentError } from "commander";

/** Parsers of option values; commander adds the option's name to what they say. */
export function positiveInteger(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError("Expected a whole number from 1 on.");
  return value;
}

/** A fraction as `0.25` or `1/32`, more than 0 and at most 1. */
export function scaleFraction(text: string): number {
  const match = /^(\d+(?:\.\d+)?)(?:\/(\d+(?:\.\d+)?))?$/.exec(text.trim());
  const value = match ? Number(match[1]) / Number(match[2] ?? 1) : NaN;
  if (!(value > 0 && value <= 1))
    throw new InvalidArgumentError("Expected a fraction such as 1/32 or 0.25, at most 1.");
  return value;
}
