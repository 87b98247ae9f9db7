import { chmodSync } from "node:fs";
import { once } from "node:events";
import { createServer } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { WebSocketServer } from "ws";
import { fileError } from "../../src-shared/errors.ts";
import type { ServiceContext } from "./implementation.ts";
import { makeLocalAddress, type LocalAddress } from "./localAddress.ts";
import { mostPayloadBytes, serveSocket } from "./serveSocket.ts";

const closesWithinMs = 1000;
const goingAway = 1001;

/**
 * Lets commands on the same machine, of the same user, talk to this main, which holds the folder's lock.
 *
 * @returns what ends it: clients are told, and nothing is left behind
 * @throws WorkbenchError `permission`, `disk-full`
 */
export async function listenLocally(
  context: ServiceContext,
  onFault: (text: string) => void,
): Promise<() => Promise<void>> {
  const { home } = context.workbench;
  const http = createServer((_, response) => response.writeHead(426, { Upgrade: "websocket" }).end());
  const sockets = new WebSocketServer({ server: http, maxPayload: mostPayloadBytes, perMessageDeflate: false });
  sockets.on("connection", (socket) => serveSocket(socket, context, onFault));
  let address: LocalAddress | undefined;
  try {
    address = makeLocalAddress(home);
    // Nobody else may connect, from the first moment on: Node binds the socket within the call.
    const umask = process.umask(0o177);
    try {
      http.listen(address.path);
    } finally {
      process.umask(umask);
    }
    await once(http, "listening");
    if (process.platform !== "win32") chmodSync(address.path, 0o600);
  } catch (error) {
    http.close();
    address?.remove();
    throw fileError(error, `opening the workbench's socket in ${home}`);
  }
  const listening = address;
  return async () => {
    listening.remove();
    const closed = new Promise<void>((resolve) => http.close(() => resolve()));
    for (const socket of sockets.clients) socket.close(goingAway, "the workbench ends");
    await Promise.race([closed, sleep(closesWithinMs, undefined, { ref: false })]);
    for (const socket of sockets.clients) socket.terminate();
    http.closeAllConnections();
    sockets.close();
    await closed;
  };
}
