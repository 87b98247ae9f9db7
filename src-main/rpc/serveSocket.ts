import type { WebSocket } from "ws";
import type { ServiceContext } from "./implementation.ts";
import { serveClient } from "./serveClient.ts";

/** A message of a client is shorter than this; uploads go by HTTP. Answers may be longer: series are. */
export const mostPayloadBytes = 1024 * 1024;
const malformed = 1007;
const closesWithinMs = 1000;

/**
 * Serves the contract to one client on a WebSocket, until it closes or sends a malformed message.
 *
 * @param onFault told of what went wrong within the program; foreseen failures go to the client alone
 */
export function serveSocket(socket: WebSocket, context: ServiceContext, onFault: (text: string) => void): void {
  // A message that is too long, or a lost connection: the socket closes by itself.
  socket.on("error", () => {});
  serveClient(
    {
      send: (message) => socket.send(message),
      onMessage: (listener) => socket.addEventListener("message", ({ data }) => listener(data)),
      onClose: (listener) => socket.addEventListener("close", listener),
      refuse: () => {
        socket.close(malformed, "malformed message");
        setTimeout(() => socket.terminate(), closesWithinMs).unref();
      },
    },
    context,
    onFault,
  );
}
