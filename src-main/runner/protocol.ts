import { z } from "zod";
import { wireNumberSchema } from "../../src-shared/runEvent.ts";
import { childFailureSchema } from "../childFailure.ts";

/**
 * What main and a trainer say to each other over IPC. Numbers and events live in the run's log; IPC carries commands,
 * "there is more", and what is only of the moment. As JSON: V8's own format is not read by an older V8 than the one that
 * wrote it, and Electron's is newer than that of the Node that trainers run on.
 */
export const toTrainerSchema = z.discriminatedUnion("type", [
  /** Write a checkpoint after this iteration and end. */
  z.strictObject({ type: z.literal("stop"), reason: z.string() }),
]);
export type ToTrainer = z.infer<typeof toTrainerSchema>;

const outcomeSchema = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("finished"), testAccuracy: z.number(), alreadyDone: z.boolean() }),
  z.strictObject({ kind: z.literal("stopped"), iteration: z.int() }),
  z.strictObject({ kind: z.literal("diverged"), iteration: z.int() }),
]);
/** How a training session ended. */
export type Outcome = z.infer<typeof outcomeSchema>;

/** What a trainer is at; each has its own limit of silence (runner/watchdog.ts). */
export const trainerStages = ["starting", "training", "evaluating", "probing"] as const;
export type TrainerStage = (typeof trainerStages)[number];

export const fromTrainerSchema = z.discriminatedUnion("type", [
  /** It lives, and what it is at: between two blocking calls, at most 20 times a second. */
  z.strictObject({ type: z.literal("alive"), stage: z.enum(trainerStages) }),
  z.strictObject({ type: z.literal("note"), text: z.string() }),
  /** The log has grown. */
  z.strictObject({ type: z.literal("more") }),
  z.strictObject({
    type: z.literal("iteration"),
    iteration: z.int(),
    loss: wireNumberSchema,
    accuracy: z.number(),
  }),
  z.strictObject({ type: z.literal("ended"), outcome: outcomeSchema }),
  childFailureSchema,
]);
export type FromTrainer = z.infer<typeof fromTrainerSchema>;
