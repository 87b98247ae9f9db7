import type { SettingsLine } from "../../../src-shared/contract/index.ts";

/** The settings as they are typed; nothing typed is null. */
export interface SettingsDraft {
  readonly slots: string;
  readonly cores: string;
  readonly days: string;
}

export const draftOf = ({ slots, cores, retention }: SettingsLine): SettingsDraft => ({
  slots: slots?.toString() ?? "",
  cores: cores?.toString() ?? "",
  days: retention.days?.toString() ?? "",
});

const fewMost = 4096;
const daysMost = 100_000;

/** What is typed as a number; null for nothing, undefined for what is none. */
function numberIn(text: string, pattern: RegExp, least: number, most: number): number | null | undefined {
  const trimmed = text.trim();
  if (trimmed === "") return null;
  const value = Number(trimmed);
  return pattern.test(trimmed) && value >= least && value <= most ? value : undefined;
}

const few = (text: string) => numberIn(text, /^\d+$/, 1, fewMost);
const days = (text: string) => numberIn(text, /^\d+(\.\d+)?$/, 0, daysMost);

/** Fields that cannot be saved as they are. */
export const wrongIn = (draft: SettingsDraft): ReadonlySet<keyof SettingsDraft> =>
  new Set([
    ...(few(draft.slots) === undefined ? (["slots"] as const) : []),
    ...(few(draft.cores) === undefined ? (["cores"] as const) : []),
    ...(days(draft.days) === undefined ? (["days"] as const) : []),
  ]);

/** @returns undefined where a field is wrong */
export function settingsOf(draft: SettingsDraft): SettingsLine | undefined {
  const [slots, cores, keptDays] = [few(draft.slots), few(draft.cores), days(draft.days)];
  if (slots === undefined || cores === undefined || keptDays === undefined) return undefined;
  return { slots, cores, retention: { keep: "best-and-last", days: keptDays } };
}
