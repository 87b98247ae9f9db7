import { z } from "zod";
import { errorCodes, WorkbenchError } from "../src-shared/errors.ts";

/** How a child process tells main over IPC why it could not do its work: a WorkbenchError's code, message and mend. */
export const childFailureSchema = z.strictObject({
  type: z.literal("failed"),
  code: z.enum(errorCodes),
  message: z.string(),
  mend: z.string().optional(),
});
export type ChildFailure = z.infer<typeof childFailureSchema>;

/** In the child: what was thrown, foreseen or not. */
export function childFailure(thrown: unknown): ChildFailure {
  if (!(thrown instanceof WorkbenchError)) {
    return { type: "failed", code: "internal", message: thrown instanceof Error ? thrown.message : String(thrown) };
  }
  const { code, message, mend } = thrown;
  return { type: "failed", code, message, ...(mend !== undefined && { mend }) };
}

/** In main: the same as an error again. */
export const childFailureError = ({ code, message, mend }: Omit<ChildFailure, "type">): WorkbenchError =>
  new WorkbenchError(code, message, mend === undefined ? {} : { mend });
