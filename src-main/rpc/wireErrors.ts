import { ORPCError } from "@orpc/client";
import { ValidationError } from "@orpc/contract";
import { z } from "zod";
import { errorCodes, WorkbenchError, type ErrorCode } from "../../src-shared/errors.ts";

/**
 * What a procedure threw, as it travels: a WorkbenchError with its code, message and mend. Anything else is a fault of
 * the program; it travels as `internal`, with its message, since whoever asked has a right to know.
 */
export function toWireError(error: unknown): ORPCError<string, unknown> {
  if (error instanceof ORPCError) return error as ORPCError<string, unknown>;
  if (error instanceof WorkbenchError) {
    const { code, message, mend } = error;
    return new ORPCError(code, { message, data: { ...(mend !== undefined && { mend }) }, cause: error });
  }
  const message = error instanceof Error ? error.message : String(error);
  return new ORPCError("internal", { message, data: {}, cause: error });
}

const mendData = z.object({ mend: z.string().optional() });
const issuesData = z.object({
  issues: z
    .array(z.object({ message: z.string(), path: z.array(z.union([z.string(), z.number()])).optional() }))
    .min(1),
});

/** The other way: what a call of the contract threw, as the WorkbenchError that it was; anything else as it is. */
export function fromWireError(error: unknown): unknown {
  if (!(error instanceof ORPCError)) return error;
  const { code, message, data, cause } = error as ORPCError<string, unknown>;
  // Thrown in this process: the very error, with its stack and its own cause.
  if (cause instanceof Error && !(cause instanceof ValidationError)) return cause;
  if (isErrorCode(code)) {
    const { mend } = mendData.safeParse(data).data ?? {};
    return new WorkbenchError(code, message, { ...(mend !== undefined && { mend }), cause: error });
  }
  const [issue] = issuesData.safeParse(data).data?.issues ?? [];
  if (code === "BAD_REQUEST" && issue) {
    const where = issue.path?.length ? `${issue.path.join(".")}: ` : "";
    return new WorkbenchError("usage", `${where}${issue.message}`, { cause: error });
  }
  return new WorkbenchError("internal", `${message} (${code})`, { cause: error });
}

const isErrorCode = (code: string): code is ErrorCode => (errorCodes as readonly string[]).includes(code);
