import { z } from "zod";
import { procedure } from "./procedure.ts";

const few = z.int().min(1).max(4096).nullable();

export const settingsSchema = z.strictObject({
  /** Which checkpoints of finished runs stay, and for how many days; null: for ever. */
  retention: z.strictObject({ keep: z.literal("best-and-last"), days: z.number().min(0).max(100_000).nullable() }),
  /** Trainers at once; null: as many as the scheduler sees fit. Counts from the workbench's next start on. */
  slots: few,
  /** Cores for all trainers together; null: all of the machine. Counts from the workbench's next start on. */
  cores: few,
});
export type SettingsLine = z.infer<typeof settingsSchema>;

export const settingsContract = {
  get: procedure.output(settingsSchema),
  /** What is not named stays. */
  update: procedure.input(settingsSchema.partial()).output(settingsSchema),
};
