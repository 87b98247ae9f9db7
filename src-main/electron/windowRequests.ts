import type { DesktopRequest } from "../../src-shared/contract/index.ts";

/** More than anybody asks for while the window loads. */
const mostWaiting = 100;

/** What the window is asked for, kept until it listens: each goes to it once. */
export class WindowRequests {
  readonly #waiting: DesktopRequest[] = [];
  #wake = (): void => {};
  #listener: object | undefined;

  ask(request: DesktopRequest): void {
    this.#waiting.push(request);
    if (this.#waiting.length > mostWaiting) this.#waiting.shift();
    this.#wake();
  }

  /** @param signal ends it; another listener does as well, since a window that is loaded anew listens anew */
  async *listen(signal: AbortSignal | undefined): AsyncGenerator<DesktopRequest, void, void> {
    const listener = {};
    this.#listener = listener;
    // The one before looks around, and finds that it is no longer asked.
    this.#wake();
    const wake = (): void => this.#wake();
    signal?.addEventListener("abort", wake);
    try {
      while (this.#listener === listener && !signal?.aborted) {
        const next = this.#waiting.shift();
        if (next) yield next;
        else await new Promise<void>((resolve) => (this.#wake = resolve));
      }
    } finally {
      signal?.removeEventListener("abort", wake);
    }
  }
}
