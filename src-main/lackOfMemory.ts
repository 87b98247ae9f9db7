import { WorkbenchError } from "../src-shared/errors.ts";

/**
 * How a lack of memory is put by those who may meet it: V8 and Node, the C++ library, the loader, TensorFlow, oneDNN
 * (whose status 1 is `dnnl_out_of_memory`), SQLite. Most were seen in trainers under limits (docs/reliability.md); what
 * none of them notices ends by SIGSEGV.
 */
const phrases =
  /out of memory|allocation failed|bad_alloc|failed to map segment|cannot allocate memory|\bOOM\b|via pthread_create\(\) failed|Status: 1, message|\bENOMEM\b/i;
/** A process or a thread cannot be made at this moment. */
const systemCodes: ReadonlySet<string | undefined> = new Set(["ENOMEM", "EAGAIN"]);
const mostLetters = 200;

/** The first line of `text` that speaks of a lack of memory, where one does. */
export function memoryWords(text: string): string | undefined {
  const line = text.split("\n").find((each) => phrases.test(each));
  return line?.trim().slice(0, mostLetters);
}

/** An error that comes from a lack of memory, however it was wrapped, as one of code `memory`; any other as it is. */
export function memoryError(error: unknown): unknown {
  for (let at = error; at instanceof Error; at = at.cause) {
    const words = memoryWords(at.message) ?? (isSystemError(at) ? at.message.slice(0, mostLetters) : undefined);
    if (words === undefined) continue;
    return new WorkbenchError("memory", `There was not enough memory (${words}).`, {
      mend: "A smaller batch needs less; so do fewer trainers side by side.",
      cause: error,
    });
  }
  return error;
}

const isSystemError = (error: Error): boolean => systemCodes.has((error as NodeJS.ErrnoException).code);
