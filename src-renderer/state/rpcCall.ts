import { ORPCError } from "@orpc/client";
import { workbenchErrorOf } from "../../src-shared/contract/index.ts";
import { WorkbenchError } from "../../src-shared/errors.ts";

/** What a caller may say of a call, as its options' `context`. */
export interface CallContext {
  /** While there is no connection: wait for one (the default), or fail at once. */
  readonly whenLost?: "wait" | "fail";
  /** How long to wait for a connection, 10 s by default. */
  readonly limitMs?: number;
}

export const waitsForConnectionMs = 10_000;

export const lostError = (message: string): WorkbenchError =>
  new WorkbenchError("interrupted", message, { mend: "The window goes on trying; the workbench may have been ended." });

/** What a call threw, as the window shows it: a WorkbenchError with its code and what mends it. */
export function callError(error: unknown, isClosed: boolean): unknown {
  if (error instanceof ORPCError) {
    const { code, message, data } = error as ORPCError<string, unknown>;
    return workbenchErrorOf({ code, message, data }, error);
  }
  if (!isClosed || error instanceof WorkbenchError) return error;
  return new WorkbenchError("interrupted", "The connection was lost before the answer came.", {
    mend: "Try again: whether it was done shows once the connection is back.",
    cause: error,
  });
}

/** A stream whose errors are told as those of calls are. To leave it still ends it at once. */
export function translated(stream: AsyncIterator<unknown>, isClosed: () => boolean): AsyncIterableIterator<unknown> {
  const told = <T>(step: Promise<T>): Promise<T> =>
    step.catch((error: unknown) => {
      throw callError(error, isClosed());
    });
  const iterator: AsyncIterableIterator<unknown> = {
    next: () => told(stream.next()),
    return: (value) => told(stream.return?.(value) ?? Promise.resolve({ done: true, value: undefined })),
    [Symbol.asyncIterator]: () => iterator,
  };
  return iterator;
}

export const isStream = (output: unknown): output is AsyncIterator<unknown> =>
  typeof output === "object" && output !== null && Symbol.asyncIterator in output;
