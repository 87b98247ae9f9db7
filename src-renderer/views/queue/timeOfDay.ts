import { nextTimeAt } from "../../../src-shared/timeOfDay.ts";

/** When the clock next shows "08:00", in milliseconds since 1970; undefined for what is no time of day. */
export function nextTimeOfDay(text: string, nowMs: number): number | undefined {
  const match = /^([01]\d|2[0-3]):([0-5]\d)$/.exec(text);
  return match ? nextTimeAt(Number(match[1]), Number(match[2]), nowMs) : undefined;
}
