import type { ClientLink } from "@orpc/client";
import { RPCLink as PortLink } from "@orpc/client/message-port";
import { RPCLink as SocketLink } from "@orpc/client/websocket";
import type { CallContext } from "./rpcCall.ts";

/** One connection to a main, from its opening to its end. */
export interface Channel {
  readonly link: ClientLink<CallContext>;
  /** Resolves when it has ended, whoever ended it. */
  readonly closed: Promise<void>;
  readonly isClosed: () => boolean;
  /** Called at its end; returns what takes that back. */
  readonly onClosed: (listener: () => void) => () => void;
  close(): void;
}

/** Why there is no connection, and will be none however often one tries. */
export interface Refusal {
  readonly code: "contract-mismatch" | "signed-out";
  readonly message: string;
  readonly mend: string;
}

export class RefusedConnection extends Error {
  readonly refusal: Refusal;

  constructor(refusal: Refusal) {
    super(refusal.message);
    this.name = "RefusedConnection";
    this.refusal = refusal;
  }
}

/**
 * Opens a channel; called again for each attempt.
 *
 * @throws RefusedConnection where it makes no sense to try again; anything else where it does
 */
export type Transport = (signal: AbortSignal) => Promise<Channel>;

export interface SocketOptions {
  /** Asked after an attempt that failed, since a WebSocket does not say why: undefined means "try again". */
  readonly whyRefused?: () => Promise<Refusal | undefined>;
  /** Another WebSocket than the platform's own. */
  readonly create?: (url: string) => WebSocket;
}

/** The browser's way to main. @param url "ws://127.0.0.1:41234/rpc" */
export function webSocketTransport(url: string, { whyRefused, create = newSocket }: SocketOptions = {}): Transport {
  return async (signal) => {
    const socket = create(url);
    // Blobs would be awaited, and messages change their order.
    socket.binaryType = "arraybuffer";
    const ending = new Ending();
    socket.addEventListener("close", ending.end, { once: true });
    const onAbort = () => socket.close();
    signal.addEventListener("abort", onAbort, { once: true });
    try {
      const isOpen = await Promise.race([opened(socket), ending.closed.then(() => false)]);
      if (isOpen) {
        const close = () => {
          socket.close();
          ending.end();
        };
        return { link: new SocketLink({ websocket: quiet(socket, ending) }), ...ending.facts, close };
      }
    } finally {
      signal.removeEventListener("abort", onAbort);
    }
    const refusal = signal.aborted ? undefined : await whyRefused?.();
    if (refusal) throw new RefusedConnection(refusal);
    throw new Error(`No connection to ${url}.`);
  };
}

const newSocket = (url: string): WebSocket => new WebSocket(url);

/**
 * An open socket for oRPC, which tells the other side of each call that is given up, and leaves a rejected promise
 * unhandled where the socket has closed meanwhile: what is sent then goes nowhere. Its end is the channel's, at once: a
 * dead socket may take minutes to close.
 */
const quiet = (socket: WebSocket, ending: Ending) => ({
  readyState: socket.OPEN,
  send: (message: Parameters<WebSocket["send"]>[0]) => {
    if (socket.readyState === socket.OPEN) socket.send(message);
  },
  addEventListener: ((type: string, listener: () => void) => {
    if (type === "close") ending.facts.onClosed(listener);
    else socket.addEventListener(type, listener);
  }) as WebSocket["addEventListener"],
  removeEventListener: socket.removeEventListener.bind<WebSocket["removeEventListener"]>(socket),
});

const opened = (socket: WebSocket): Promise<boolean> =>
  new Promise((resolve) => socket.addEventListener("open", () => resolve(true), { once: true }));

/** A MessagePort of a browser or of Node, as far as it is needed here. */
export interface ClientPort {
  postMessage(message: unknown): void;
  addEventListener(type: string, listener: (event: { readonly type: string; readonly data?: unknown }) => void): void;
  start(): void;
  close(): void;
}

/** The desktop's way to main. @param askForPort brings a port whose other end main serves; a new one at each call */
export function messagePortTransport(askForPort: (signal: AbortSignal) => Promise<ClientPort>): Transport {
  return async (signal) => {
    const port = await askForPort(signal);
    const ending = new Ending();
    port.addEventListener("close", ending.end);
    const quietPort = {
      postMessage: (message: unknown) => port.postMessage(message),
      addEventListener: (type: string, listener: (event: { readonly type: string }) => void) => {
        if (type === "close") ending.facts.onClosed(() => listener({ type }));
        else port.addEventListener(type, listener);
      },
    };
    const link = new PortLink<CallContext>({ port: quietPort });
    port.start();
    const close = () => {
      port.close();
      // No "close" comes to the end that calls close().
      ending.end();
    };
    return { link, ...ending.facts, close };
  };
}

/** The end of a channel: to be waited for, asked for and listened to. */
class Ending {
  readonly #listeners = new Set<() => void>();
  #hasEnded = false;
  #resolve = () => {};
  readonly closed = new Promise<void>((resolve) => (this.#resolve = resolve));
  readonly facts = {
    closed: this.closed,
    isClosed: () => this.#hasEnded,
    onClosed: (listener: () => void) => {
      if (this.#hasEnded) listener();
      else this.#listeners.add(listener);
      return () => this.#listeners.delete(listener);
    },
  };

  readonly end = (): void => {
    this.#hasEnded = true;
    this.#resolve();
    for (const listener of [...this.#listeners]) listener();
    this.#listeners.clear();
  };
}
