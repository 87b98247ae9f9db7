import { ORPCError } from "@orpc/client";
import { ValidationError } from "@orpc/contract";
import { workbenchErrorOf } from "../../src-shared/contract/wireError.ts";
import { WorkbenchError } from "../../src-shared/errors.ts";

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

/** The other way: what a call of the contract threw, as the WorkbenchError that it was; anything else as it is. */
export function fromWireError(error: unknown): unknown {
  if (!(error instanceof ORPCError)) return error;
  const { code, message, data, cause } = error as ORPCError<string, unknown>;
  // Thrown in this process: the very error, with its stack and its own cause.
  if (cause instanceof Error && !(cause instanceof ValidationError)) return cause;
  return workbenchErrorOf({ code, message, data }, error);
}
