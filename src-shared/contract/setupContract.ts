import { eventIterator } from "@orpc/contract";
import { z } from "zod";
import { procedure } from "./procedure.ts";
import { workNoteSchema, workProgressSchema } from "./workSchema.ts";

/** What can be mended by a button: nothing else is ever run for a client. */
export const repairIds = ["engine", "engine-cpu", "engine-gpu", "engine-rebuild", "dataset-cifar10"] as const;
export type RepairId = (typeof repairIds)[number];

export const checkSchema = z.strictObject({
  check: z.string(),
  /** `missing`: nothing can be trained before it is mended; `warning`: something works less well, or not later on. */
  status: z.enum(["ok", "warning", "missing"]),
  detail: z.string(),
  /** A command or a sentence that mends it. */
  mend: z.string().nullable(),
  /** The repair that does the same. */
  repair: z.enum(repairIds).nullable(),
});
export type CheckLine = z.infer<typeof checkSchema>;

export const doctorContract = {
  /** Engine, devices, data sets, storage; about a second, since the engine is loaded. */
  run: procedure.output(z.array(checkSchema)),
};

export const setupContract = {
  /**
   * Mends one thing, in a process of its own. The stream ends with `done`; whoever stops listening stops the work, and what
   * was fetched is kept.
   */
  repair: procedure
    .input(z.strictObject({ repair: z.enum(repairIds) }))
    .output(
      eventIterator(
        z.discriminatedUnion("type", [workNoteSchema, workProgressSchema, z.strictObject({ type: z.literal("done") })]),
      ),
    ),
};
