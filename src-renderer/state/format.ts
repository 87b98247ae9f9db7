/** Numbers, times and sizes as the window writes them, in the language's own way; units always. */

import { m } from "../paraglide/messages.js";
import { getLocale as language } from "../paraglide/runtime.js";

const formats = new Map<string, Intl.NumberFormat>();

function number(value: number, options: Intl.NumberFormatOptions): string {
  const key = language() + JSON.stringify(options);
  let format = formats.get(key);
  if (!format) formats.set(key, (format = new Intl.NumberFormat(language(), options)));
  return format.format(value);
}

/** "64,000" */
export const count = (value: number): string => number(value, { maximumFractionDigits: 0 });

/** A fraction as "92.84 %". */
export const percent = (fraction: number, digits = 1): string =>
  m.words_percent({
    number: number(100 * fraction, { minimumFractionDigits: digits, maximumFractionDigits: digits }),
  });

/** "125.31": a number with so many digits behind the point. */
export const decimal = (value: number, digits: number): string =>
  number(value, { minimumFractionDigits: digits, maximumFractionDigits: digits });

/** A loss and its like: four significant digits, "NaN" and infinities as words. */
export function loss(value: number | string | null | undefined): string {
  if (value === null || value === undefined) return "";
  if (typeof value === "string" || !Number.isFinite(value)) return String(value);
  return value >= 1000 || (value !== 0 && Math.abs(value) < 1e-3)
    ? value.toExponential(2)
    : number(value, { minimumFractionDigits: 3, maximumFractionDigits: 3 });
}

/** "640" of images per second; one digit more where there are few. */
export const speed = (imagesPerSecond: number): string =>
  number(imagesPerSecond, { maximumFractionDigits: imagesPerSecond < 10 ? 1 : 0 });

/** Decimal, as disks and papers count: "1.2 GB". */
export function bytes(size: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  const power = size < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(size) / 3));
  const value = size / 1000 ** power;
  return `${number(value, { maximumFractionDigits: value < 10 && power > 1 ? 1 : 0 })} ${units[power]}`;
}

/** "45 s", "12 min", "3 h 20 min", "2 d 4 h". */
export function duration(ms: number): string {
  const seconds = Math.round(Math.max(0, ms) / 1000);
  if (seconds < 90) return m.words_seconds({ seconds });
  const minutes = Math.round(seconds / 60);
  if (minutes < 90) return m.words_minutes({ minutes });
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return m.words_hours({ hours, minutes: String(minutes % 60).padStart(2, "0") });
  return m.words_days({ days: Math.floor(hours / 24), hours: hours % 24 });
}

const timeFormats = new Map<string, Intl.DateTimeFormat>();

/** To make one takes longer than a row of a table may. */
function time(timeMs: number, name: string, options: Intl.DateTimeFormatOptions): string {
  const key = `${language()} ${name}`;
  let format = timeFormats.get(key);
  if (!format) timeFormats.set(key, (format = new Intl.DateTimeFormat(language(), options)));
  return format.format(timeMs);
}

const dayMs = 86_400_000;
const clock = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" } as const;

/** "06:40"; with the day where it is not today: "Wed 06:40". */
export function clockTime(timeMs: number, nowMs = Date.now()): string {
  if (isSameDay(timeMs, nowMs)) return time(timeMs, "clock", clock);
  if (Math.abs(timeMs - nowMs) < 6 * dayMs) return time(timeMs, "week", { weekday: "short", ...clock });
  return time(timeMs, "year", { month: "short", day: "numeric", ...clock });
}

function isSameDay(oneMs: number, otherMs: number): boolean {
  const [one, other] = [new Date(oneMs), new Date(otherMs)];
  return Math.abs(oneMs - otherMs) < dayMs && one.getDate() === other.getDate();
}

/** "24 Nov 2026, 17:31" */
export const dateTime = (timeMs: number): string =>
  time(timeMs, "full", { dateStyle: "medium", timeStyle: "short", hourCycle: "h23" });

/** "1k", "32k": ticks and captions of iterations. */
export const short = (value: number): string => number(value, { notation: "compact", maximumFractionDigits: 1 });
