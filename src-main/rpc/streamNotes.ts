import { streamWork } from "./work/streamWork.ts";

/**
 * Work that says what it is at, as a stream of notes that ends with the work. Whoever stops listening does not stop the
 * work.
 */
export async function* streamNotes(
  work: (onNote: (note: string) => void) => Promise<void>,
): AsyncGenerator<{ note: string }, void, void> {
  yield* streamWork<{ note: string }>((onStep) => work((note) => onStep({ note })), undefined);
}
