import type { ExampleLine } from "../../src-shared/contract/index.ts";
import { services, watch } from "./client.svelte.ts";

/** The study that ships with the program: whether it is open, or can be opened. */
class ExampleStudy {
  #line: ExampleLine | undefined = $state.raw();
  isBusy = $state(false);
  /** Why the last click came to nothing. */
  error: unknown = $state.raw();

  /** @returns what ends it */
  start(): () => void {
    void this.#ask(() => services.example.status());
    return watch((tick) => {
      if (tick.reset || tick.changed.settings) void this.#ask(() => services.example.status());
    });
  }

  /** There is one, and it is not open. */
  get isOffered(): boolean {
    return this.#line?.offered === true && this.#line.study === null;
  }

  /** The open study's name. */
  get study(): string | undefined {
    return this.#line?.study ?? undefined;
  }

  get runs(): number {
    return this.#line?.runs.length ?? 0;
  }

  /** @returns whether it is open now */
  async open(): Promise<boolean> {
    await this.#work(() => services.example.open());
    return this.study !== undefined;
  }

  async remove(): Promise<void> {
    await this.#work(() => services.example.remove());
  }

  async #work(work: () => Promise<ExampleLine>): Promise<void> {
    if (this.isBusy) return;
    this.isBusy = true;
    this.error = undefined;
    try {
      this.#line = await work();
    } catch (error) {
      this.error = error;
    } finally {
      this.isBusy = false;
    }
  }

  async #ask(read: () => Promise<ExampleLine>): Promise<void> {
    try {
      this.#line = await read();
    } catch {
      // Nothing is offered; the connection's own words are the status line's.
    }
  }
}

export const example = new ExampleStudy();
