/** When a local clock next shows it, in milliseconds since 1970: today, or tomorrow where that has passed. */
export function nextTimeAt(hours: number, minutes: number, nowMs: number): number {
  const time = new Date(nowMs);
  time.setHours(hours, minutes, 0, 0);
  if (time.getTime() <= nowMs) time.setDate(time.getDate() + 1);
  return time.getTime();
}
