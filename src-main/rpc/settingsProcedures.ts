import type { SettingsLine } from "../../src-shared/contract/index.ts";
import type { SettingsValues } from "../history/index.ts";
import { implementation } from "./implementation.ts";
import { feedOf } from "./live/liveFeed.ts";

const { settings: os } = implementation;

/** The queue's pause is among the stored settings, and has procedures of its own. */
const lineOf = ({ retention, slots, cores }: SettingsValues): SettingsLine => ({ retention, slots, cores });

export const settingsProcedures = {
  get: os.get.handler(({ context: { workbench } }) => lineOf(workbench.history.settings.get())),

  update: os.update.handler(({ context: { workbench }, input }) => {
    // What is there and undefined would be stored as such.
    const named = Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined));
    const values = workbench.history.settings.update(named);
    feedOf(workbench).note({ settings: true });
    return lineOf(values);
  }),
};
