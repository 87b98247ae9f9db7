import { fileError, WorkbenchError } from "../../src-shared/errors.ts";

export function archiveInvalid(problem: string, cause?: unknown): WorkbenchError {
  return new WorkbenchError("archive-invalid", `The archive ${problem}.`, {
    mend: "Nothing of it was taken over. Export the run again where it was trained.",
    ...(cause !== undefined && { cause }),
  });
}

/** What zlib and tar-stream throw at damaged input; errors of the file system as what they mean. */
export function asArchiveError(error: unknown, doing: string): unknown {
  if (error instanceof WorkbenchError) return error;
  const { code, syscall, message } = error as NodeJS.ErrnoException;
  if (code === "ENOENT") return archiveInvalid("is not there", error);
  if (code === "EISDIR") return archiveInvalid("is a folder", error);
  if (syscall !== undefined || code === "ENOSPC") return fileError(error, doing);
  // Of this program, not of its input.
  if (error instanceof TypeError || error instanceof ReferenceError) return error;
  return archiveInvalid(`is damaged or incomplete: ${message}`, error);
}
