import { z } from "zod";
import type { WorkStep } from "../../src-shared/contract/index.ts";
import { errorCodes, WorkbenchError } from "../../src-shared/errors.ts";
import { lostError } from "./rpcCall.ts";

export interface UploadOptions {
  readonly signal?: AbortSignal;
  /** Told how much of the file has been sent, 0 to 1; 1 while main works on it. */
  readonly onSent?: (share: number) => void;
}

const refusalSchema = z.object({ code: z.string(), message: z.string(), mend: z.string().optional() });

/**
 * Sends a file by HTTP, since a message to main is short, and gives what is answered. Only a browser has that way; the desktop
 * shell names a file's path instead.
 *
 * @param address "/api/import"
 * @throws WorkbenchError as main says it; `interrupted` where the connection or the signal ends it
 */
export function upload(address: string, file: Blob, { signal, onSent }: UploadOptions = {}): Promise<Blob> {
  return new Promise((resolve, reject) => {
    // fetch does not say how much of a body it has sent.
    const request = new XMLHttpRequest();
    const stop = (): void => request.abort();
    request.open("POST", address);
    request.responseType = "blob";
    request.setRequestHeader("Content-Type", "application/octet-stream");
    request.upload.onprogress = ({ loaded, total }) => onSent?.(total > 0 ? loaded / total : 0);
    request.onload = () => {
      const answer = request.response as Blob;
      if (request.status === 200) resolve(answer);
      else void answer.text().then((text) => reject(refusedWith(text)));
    };
    request.onerror = () => reject(lostError("The connection was lost while the file was sent."));
    request.onabort = () => reject(new WorkbenchError("interrupted", "It was stopped. Nothing of the file is kept."));
    request.onloadend = () => signal?.removeEventListener("abort", stop);
    signal?.addEventListener("abort", stop, { once: true });
    if (signal?.aborted) request.abort();
    else request.send(file);
  });
}

function refusedWith(text: string): WorkbenchError {
  const refusal = refusalSchema.safeParse(parsed(text)).data;
  if (refusal === undefined) return new WorkbenchError("internal", "The file was refused without a word.");
  const code = errorCodes.find((known) => known === refusal.code) ?? "usage";
  return new WorkbenchError(code, refusal.message, refusal.mend === undefined ? {} : { mend: refusal.mend });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export interface UploadWords {
  readonly sending: string;
  /** While main works on what was sent. */
  readonly working: string;
}

const bytesAMegabyte = 1e6;

/** An upload as the steps of work (longWork.svelte.ts): how much is sent, then what is made of it. */
export async function* uploadSteps(
  address: string,
  file: Blob,
  signal: AbortSignal,
  words: UploadWords,
  onAnswer: (answer: Blob) => unknown = () => {},
): AsyncGenerator<WorkStep, void, void> {
  let wake = (): void => {};
  let step: WorkStep | undefined;
  let isDone = false;
  const total = file.size / bytesAMegabyte;
  const onSent = (share: number): void => {
    step =
      share < 1
        ? { type: "progress", title: words.sending, done: share * total, total, unit: "MB" }
        : { type: "note", text: words.working };
    wake();
  };
  const ended = upload(address, file, { signal, onSent }).finally(() => {
    isDone = true;
    wake();
  });
  // Its failure is thrown below.
  ended.catch(() => {});
  while (!isDone) {
    if (step) {
      const said = step;
      step = undefined;
      yield said;
    } else {
      await new Promise<void>((resolve) => (wake = resolve));
    }
  }
  await onAnswer(await ended);
}
