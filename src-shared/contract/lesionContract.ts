import { eventIterator } from "@orpc/contract";
import { z } from "zod";
import { lesionSchema } from "../lesion.ts";
import { procedure } from "./procedure.ts";
import { runIdSchema } from "./runSchema.ts";
import { workProgressSchema } from "./workSchema.ts";

const one = z.strictObject({ run: runIdSchema });

export const lesionContract = {
  /**
   * Removes one residual block after the other from a finished run's network and shows the whole test set to what remains,
   * in a process of its own: seconds to minutes a block. Ends with `done`; whoever stops listening stops the work. One run
   * at a time. Throws `usage` of a plain network, `run-state` of a run that is not finished, `locked` while another is under
   * way, `checkpoint-invalid` where its last checkpoint is gone, `engine-missing`, `dataset-missing`.
   */
  measure: procedure
    .input(one)
    .output(
      eventIterator(
        z.discriminatedUnion("type", [
          workProgressSchema,
          z.strictObject({ type: z.literal("done"), lesion: lesionSchema }),
        ]),
      ),
    ),
  /** What was found the last time; null where nothing was measured yet. */
  read: procedure.input(one).output(lesionSchema.nullable()),
};
