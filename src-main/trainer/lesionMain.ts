import os from "node:os";
import { childFailure } from "../childFailure.ts";
import { openDataset } from "../dataset/index.ts";
import { measureLesion } from "./lesion.ts";
import { lesionTaskSchema, type LesionAnswer, type LesionTask } from "./lesionMessage.ts";

/** A process that removes one block after the other from a checkpoint's network; runs that train go first. */
os.setPriority(os.constants.priority.PRIORITY_BELOW_NORMAL);

const say = (said: LesionAnswer, then = (): void => {}): void => void process.send?.(said, then);

async function answer({ home, ...task }: LesionTask): Promise<LesionAnswer> {
  const dataset = await openDataset(home, task.config.dataset);
  const lesion = await measureLesion({ ...task, dataset }, (done, total) => say({ type: "pass", done, total }));
  return { type: "measured", lesion };
}

// Nobody is left to answer.
process.on("disconnect", () => process.exit(1));

process.once("message", (message) => {
  const end = (said: LesionAnswer): void => say(said, () => process.exit());
  answer(lesionTaskSchema.parse(message)).then(end, (error: unknown) => end(childFailure(error)));
});
