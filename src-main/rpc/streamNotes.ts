import { toWireError } from "./wireErrors.ts";

/**
 * Work that says what it is at, as a stream of notes that ends with the work. Whoever stops listening does not stop the
 * work.
 */
export async function* streamNotes(
  work: (onNote: (note: string) => void) => Promise<void>,
): AsyncGenerator<{ note: string }, void, void> {
  const notes: string[] = [];
  let wake = () => {};
  let done = false;
  const ended = work((note) => {
    notes.push(note);
    wake();
  }).finally(() => {
    done = true;
    wake();
  });
  // Its failure is thrown below, unless nobody listens any more.
  ended.catch(() => {});
  for (;;) {
    for (const note of notes.splice(0)) yield { note };
    if (done) break;
    await new Promise<void>((resolve) => (wake = resolve));
  }
  try {
    await ended;
  } catch (error) {
    // A procedure's own errors are translated around it; those of a stream come after it.
    throw toWireError(error);
  }
}
