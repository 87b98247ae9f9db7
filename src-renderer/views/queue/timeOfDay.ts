/** When the clock next shows "08:00", in milliseconds since 1970; undefined for what is no time of day. */
export function nextTimeOfDay(text: string, nowMs: number): number | undefined {
  const match = /^([01]\d|2[0-3]):([0-5]\d)$/.exec(text);
  if (!match) return undefined;
  const time = new Date(nowMs);
  time.setHours(Number(match[1]), Number(match[2]), 0, 0);
  if (time.getTime() <= nowMs) time.setDate(time.getDate() + 1);
  return time.getTime();
}
