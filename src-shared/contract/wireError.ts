import { z } from "zod";
import { errorCodes, WorkbenchError, type ErrorCode } from "../errors.ts";

const mendData = z.object({ mend: z.string().optional() });
const issuesData = z.object({
  issues: z
    .array(z.object({ message: z.string(), path: z.array(z.union([z.string(), z.number()])).optional() }))
    .min(1),
});

/** What of an oRPC error arrives at the caller. */
export interface WireError {
  readonly code: string;
  readonly message: string;
  readonly data?: unknown;
}

/** The WorkbenchError that a procedure threw, on the caller's side; `usage` for what the contract refuses. */
export function workbenchErrorOf({ code, message, data }: WireError, cause: unknown): WorkbenchError {
  if (isErrorCode(code)) {
    const { mend } = mendData.safeParse(data).data ?? {};
    return new WorkbenchError(code, message, { ...(mend !== undefined && { mend }), cause });
  }
  const [issue] = issuesData.safeParse(data).data?.issues ?? [];
  if (code === "BAD_REQUEST" && issue) {
    const where = issue.path?.length ? `${issue.path.join(".")}: ` : "";
    return new WorkbenchError("usage", `${where}${issue.message}`, { cause });
  }
  return new WorkbenchError("internal", `${message} (${code})`, { cause });
}

const isErrorCode = (code: string): code is ErrorCode => (errorCodes as readonly string[]).includes(code);
