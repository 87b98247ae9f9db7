import type { ServiceContext } from "./implementation.ts";
import { serveClient } from "./serveClient.ts";

/** A browser's or Node's MessagePort: messages come as events. */
interface EventPort {
  postMessage(message: unknown): void;
  addEventListener(type: string, listener: (event: { readonly type: string; readonly data?: unknown }) => void): void;
  start?(): void;
  close(): void;
}

/** Electron's MessagePortMain: an emitter of message events, silent until it is started. */
interface EmitterPort {
  postMessage(message: unknown): void;
  on(type: "message", listener: (event: { data: unknown }) => void): unknown;
  on(type: "close", listener: () => void): unknown;
  start?(): void;
  close(): void;
}

export type ServedPort = EventPort | EmitterPort;

/**
 * Serves the contract to one client at the other end of a MessagePort, until either end closes or it sends a malformed
 * message.
 *
 * @param onFault told of what went wrong within the program; foreseen failures go to the client alone
 * @returns what ends it
 */
export function serveMessagePort(
  port: ServedPort,
  context: ServiceContext,
  onFault: (text: string) => void,
): () => void {
  const onMessage = (listener: (message: unknown) => void): void => {
    if ("addEventListener" in port) port.addEventListener("message", ({ data }) => listener(data));
    else port.on("message", ({ data }) => listener(data));
  };
  const onClose = (listener: () => void): void => {
    if ("addEventListener" in port) port.addEventListener("close", () => listener());
    else port.on("close", listener);
  };
  const close = (): void => port.close();
  serveClient({ send: (message) => port.postMessage(message), onMessage, onClose, refuse: close }, context, onFault);
  port.start?.();
  return close;
}
