import { InvalidArgumentError } from "commander";
import { nextTimeAt } from "../../src-shared/timeOfDay.ts";

/** "06:40" within the next half day, otherwise with the day: "Tue 12 Aug 06:40". Local time. */
export function clockTime(timeMs: number, nowMs: number): string {
  const time = new Date(timeMs);
  const clock = time.toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });
  if (Math.abs(timeMs - nowMs) < 12 * 3_600_000) return clock;
  const day = time.toLocaleDateString("en-GB", { weekday: "short", day: "numeric", month: "short" });
  return `${day.replace(",", "")} ${clock}`;
}

/** "07:00": the next time that a local clock shows that, in milliseconds since 1970. */
export function nextClockTime(text: string): number {
  const [, hours, minutes] = /^(\d{1,2}):(\d{2})$/.exec(text.trim())?.map(Number) ?? [];
  if (!(hours < 24 && minutes < 60)) throw new InvalidArgumentError("Expected a time of day such as 07:00.");
  return nextTimeAt(hours, minutes, Date.now());
}
