import { createORPCClient, isDefinedError, ORPCError } from "@orpc/client";
import {
  contractHash,
  contractVersion,
  mismatchSchema,
  type ContractSide,
  type ServicesWith,
} from "../../src-shared/contract/index.ts";
import { lostError, waitsForConnectionMs, type CallContext } from "./rpcCall.ts";
import { RefusedConnection, type Channel, type Refusal, type Transport } from "./rpcTransport.ts";

/** The main at the other end. */
export interface Main {
  readonly program: string;
  readonly purpose: string;
  readonly processId: number;
}

export type ConnectionState =
  /** For the first time. */
  | { readonly kind: "connecting" }
  | { readonly kind: "open"; readonly main: Main }
  /** It was open, or could not be opened; it is tried again, less and less often. */
  | { readonly kind: "lost"; readonly attempts: number }
  /** Trying again makes no sense before a person has mended it: `reconnect`. */
  | { readonly kind: "refused"; readonly refusal: Refusal };

const opensWithinMs = 10_000;
const firstPauseMs = 250;
const longestPauseMs = 10_000;
/** A connection that lasted so long was a good one: after it, the pauses begin anew. */
const goodAfterMs = 5_000;

/**
 * Keeps a connection: opens one, shakes hands, and opens another when it is lost. Each has a link of its own, so that no
 * answer of an earlier one is taken for one of a later.
 */
export class RpcConnection {
  readonly #transport: Transport;
  readonly #ours: ContractSide;
  readonly #listeners = new Set<(state: ConnectionState) => void>();
  #state: ConnectionState = { kind: "connecting" };
  #channel: Channel | undefined;
  #ended = new AbortController();
  #isClosed = false;

  /** @param program the version of whoever connects */
  constructor(transport: Transport, program: string) {
    this.#transport = transport;
    this.#ours = { contract: contractVersion, hash: contractHash, program };
    void this.#keep(this.#ended.signal);
  }

  get state(): ConnectionState {
    return this.#state;
  }

  /** Called at each change; returns what ends that. */
  onState(listener: (state: ConnectionState) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** The open channel, as soon as there is one. @throws WorkbenchError `interrupted` */
  async channel(
    { whenLost = "wait", limitMs = waitsForConnectionMs }: CallContext,
    signal?: AbortSignal,
  ): Promise<Channel> {
    const fails = () => this.#isClosed || (whenLost === "fail" && this.#state.kind !== "connecting");
    // One that has just closed is still there for a moment.
    if (this.#channel?.isClosed() === false) return this.#channel;
    if (fails() || this.#state.kind === "refused") throw this.#noConnection();
    return new Promise((resolve, reject) => {
      const done = () => {
        clearTimeout(timer);
        leave();
        signal?.removeEventListener("abort", onAbort);
      };
      const onAbort = () => {
        done();
        reject(signal?.reason as Error);
      };
      const giveUp = () => {
        done();
        reject(this.#noConnection());
      };
      const timer = Number.isFinite(limitMs) ? setTimeout(giveUp, limitMs) : undefined;
      const leave = this.onState(() => {
        if (this.#channel) {
          done();
          resolve(this.#channel);
        } else if (fails() || this.#state.kind === "refused") giveUp();
      });
      signal?.addEventListener("abort", onAbort, { once: true });
      if (signal?.aborted) onAbort();
    });
  }

  /** The connection is dead, though nobody has said so: another one. */
  drop(): void {
    this.#channel?.close();
  }

  /** Tries at once, also after a refusal. */
  reconnect(): void {
    if (this.#isClosed || this.#channel) return;
    this.#ended.abort();
    this.#ended = new AbortController();
    this.#set({ kind: "lost", attempts: 0 });
    void this.#keep(this.#ended.signal);
  }

  /** For good. */
  close(): void {
    this.#isClosed = true;
    this.#ended.abort();
    this.#channel?.close();
    this.#channel = undefined;
    this.#set({ kind: "lost", attempts: 0 });
    this.#listeners.clear();
  }

  #noConnection = () =>
    lostError(
      this.#state.kind === "refused" ? this.#state.refusal.message : "There is no connection to the workbench.",
    );

  async #keep(signal: AbortSignal): Promise<void> {
    for (let attempts = 1; !signal.aborted; attempts++) {
      let openedAtMs: number | undefined;
      try {
        const { channel, main } = await this.#open(signal);
        openedAtMs = performance.now();
        this.#channel = channel;
        this.#set({ kind: "open", main });
        await channel.closed;
      } catch (error) {
        if (error instanceof RefusedConnection && !signal.aborted) {
          this.#set({ kind: "refused", refusal: error.refusal });
          return;
        }
      }
      if (signal.aborted) return;
      this.#channel = undefined;
      if (openedAtMs !== undefined && performance.now() - openedAtMs > goodAfterMs) attempts = 1;
      this.#set({ kind: "lost", attempts });
      await pause(pauseMs(attempts), signal);
    }
  }

  /** A channel whose main speaks the same contract, within a limit. */
  async #open(ended: AbortSignal): Promise<{ channel: Channel; main: Main }> {
    const signal = AbortSignal.any([ended, AbortSignal.timeout(opensWithinMs)]);
    const channel = await raceAbort(this.#transport(signal), signal, (late) => late.close());
    try {
      return { channel, main: await raceAbort(this.#shakeHands(channel, signal), signal) };
    } catch (error) {
      channel.close();
      throw error;
    }
  }

  async #shakeHands({ link }: Channel, signal: AbortSignal): Promise<Main> {
    const services = createORPCClient<ServicesWith<CallContext>>(link);
    try {
      const theirs = await services.version(this.#ours, { signal });
      // An older main knows nothing of hashes and refuses nobody.
      if (theirs.contract !== this.#ours.contract || theirs.hash !== this.#ours.hash) throw mismatch(theirs.program);
      const { program, purpose, processId } = theirs;
      return { program, purpose, processId };
    } catch (error) {
      if (!(error instanceof ORPCError) || error.code !== "contract-mismatch") throw error;
      const data = isDefinedError(error) ? mismatchSchema.safeParse(error.data).data : undefined;
      throw mismatch(data?.ours.program ?? "?", data?.mend);
    }
  }

  #set(state: ConnectionState): void {
    this.#state = state;
    for (const listener of [...this.#listeners]) listener(state);
  }
}

const mismatch = (program: string, mend = "Load the window again."): RefusedConnection =>
  new RefusedConnection({
    code: "contract-mismatch",
    message: `This window and the workbench (${program}) are of different versions.`,
    mend,
  });

/** Longer and longer, and not the same for every window: they would all come at once to a main that starts anew. */
function pauseMs(attempts: number): number {
  const whole = Math.min(longestPauseMs, firstPauseMs * 2 ** Math.min(attempts - 1, 10));
  return whole * (0.75 + 0.5 * Math.random());
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener("abort", end, { once: true });
  });
}

/** @param discard what comes too late */
async function raceAbort<T>(work: Promise<T>, signal: AbortSignal, discard?: (late: T) => void): Promise<T> {
  let onAbort = () => {};
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(signal.reason as Error);
    signal.addEventListener("abort", onAbort, { once: true });
    if (signal.aborted) onAbort();
  });
  try {
    return await Promise.race([work, aborted]);
  } catch (error) {
    if (signal.aborted) work.then(discard, () => {});
    throw error;
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}
