import { z } from "zod";

/** oRPC would read another body than JSON out of what these say, and log a stack where it cannot. */
const ofOtherBodies = new Set(["content-type", "content-disposition"]);

/** What oRPC's clients send: a request, an item of a stream, the end of a call. */
const messageSchema = z.union([
  z.object({
    i: z.string(),
    t: z.literal(1).optional(),
    p: z.object({
      u: z.string().startsWith("/"),
      m: z.string().optional(),
      h: z
        .record(
          z.string().refine((name) => !ofOtherBodies.has(name.toLowerCase())),
          z.union([z.string(), z.array(z.string())]),
        )
        .optional(),
    }),
  }),
  z.object({ i: z.string(), t: z.literal(3), p: z.object({ e: z.enum(["message", "error", "done"]) }) }),
  z.object({ i: z.string(), t: z.literal(4) }),
]);

/** Whether a message is one that oRPC understands: the contract's inputs are all JSON, hence text. */
export function isWellFormed(message: unknown): message is string {
  if (typeof message !== "string") return false;
  try {
    return messageSchema.safeParse(JSON.parse(message)).success;
  } catch {
    return false;
  }
}
