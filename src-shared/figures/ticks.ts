/** Round numbers for axes: pure, and the same for every renderer. */

/** An axis: where it begins and ends, and what is written along it, in its own unit. */
export interface Scale {
  readonly kind: "linear" | "log";
  readonly min: number;
  readonly max: number;
  readonly ticks: readonly number[];
}

const steps = [1, 2, 5, 10];

/** The smallest of 1, 2, 5 times a power of ten that is not below `least`. */
export function roundUp(least: number): number {
  const power = 10 ** Math.floor(Math.log10(least));
  return power * steps.find((step) => step * power >= least * (1 - 1e-9))!;
}

/** The largest of 1, 2, 5 times a power of ten that is not above `most`. */
export function roundDown(most: number): number {
  const power = 10 ** Math.floor(Math.log10(most));
  return power * steps.findLast((step) => step * power <= most * (1 + 1e-9))!;
}

/** Multiples of a round step within [min, max]; the ends are as they are. */
export function linearScale(min: number, max: number, mostTicks = 6): Scale {
  const [from, to] = max > min ? [min, max] : [min, min + 1];
  const step = roundUp((to - from) / mostTicks);
  const first = Math.ceil(from / step - 1e-9);
  const last = Math.floor(to / step + 1e-9);
  const ticks = Array.from({ length: last - first + 1 }, (_, index) => exact((first + index) * step));
  return { kind: "linear", min: from, max: to, ticks };
}

/** The same with both ends moved out to ticks. */
export function roundScale(min: number, max: number, mostTicks = 5): Scale {
  const [from, to] = max > min ? [min, max] : max === 0 ? [0, 1] : [min - Math.abs(min) / 2, max + Math.abs(max) / 2];
  const step = roundUp((to - from) / mostTicks);
  return linearScale(
    exact(Math.floor(from / step + 1e-9) * step),
    exact(Math.ceil(to / step - 1e-9) * step),
    mostTicks,
  );
}

/** @param min, max above 0 */
export function logScale(min: number, max: number): Scale {
  const from = roundDown(min);
  const to = Math.max(roundUp(max), from * 2);
  const decades = Math.log10(to / from);
  const digits = decades > 2 ? [1] : decades > 0.8 ? [1, 2, 5] : [1, 2, 3, 4, 5, 6, 8];
  const ticks: number[] = [];
  for (let power = Math.floor(Math.log10(from)); power <= Math.ceil(Math.log10(to)); power++) {
    for (const step of digits) {
      const tick = exact(step * 10 ** power);
      if (tick >= from * (1 - 1e-9) && tick <= to * (1 + 1e-9)) ticks.push(tick);
    }
  }
  return { kind: "log", min: from, max: to, ticks };
}

/** Without what binary fractions leave behind: 0.30000000000000004 is 0.3. */
const exact = (value: number): number => Number(value.toPrecision(12));

/** Where a value stands between an axis's ends: 0 to 1, beyond them outside. NaN where the axis cannot show it. */
export function shareOf({ kind, min, max }: Scale, value: number): number {
  if (kind === "linear") return (value - min) / (max - min);
  return value > 0 ? Math.log(value / min) / Math.log(max / min) : NaN;
}

/** The other way round. */
export const valueAt = ({ kind, min, max }: Scale, share: number): number =>
  kind === "linear" ? min + share * (max - min) : min * (max / min) ** share;

/** "0", "16k", "1.2M": iterations along an axis. */
export function shortNumber(value: number): string {
  const size = Math.abs(value);
  if (size >= 1e6) return `${exact(value / 1e6)}M`;
  return size >= 1e4 || (size >= 1e3 && value % 100 === 0) ? `${exact(value / 1e3)}k` : String(exact(value));
}
