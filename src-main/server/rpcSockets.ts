import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { WebSocket, WebSocketServer } from "ws";
import { mostPayloadBytes } from "../rpc/serveSocket.ts";
import { paceMessages } from "./messagePace.ts";
import { refusals } from "./refusal.ts";
import { sendAndClose } from "./reply.ts";
import type { ShellLimits } from "./shellLimits.ts";

export interface RpcSockets {
  /** Takes a request that has been let in. */
  take(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** Clients are told; those that do not go are cut off. */
  close(): Promise<void>;
}

const goingAway = 1001;
const closesWithinMs = 1_000;
/** Beyond `unsentBytes` a client is not heard; of what it is sent unasked it may be behind by so much more. */
const hopelesslyBehind = 10;

/** The windows' connections at `/rpc`: so many, of a bounded pace, alive. @param serve hands a socket to the services */
export function rpcSockets(serve: (socket: WebSocket) => void, limits: ShellLimits): RpcSockets {
  const server = new WebSocketServer({ noServer: true, maxPayload: mostPayloadBytes, perMessageDeflate: false });
  server.on("wsClientError", (_, socket) => sendAndClose(socket, refusals.requestUnreadable));
  const heard = new WeakSet<WebSocket>();
  server.on("connection", (socket: WebSocket) => {
    // A message that is too long, or a lost connection: the socket closes by itself.
    socket.on("error", () => {});
    heard.add(socket);
    paceMessages(socket, limits);
    for (const event of ["message", "pong"]) socket.on(event, () => heard.add(socket));
    serve(socket);
  });
  const pings = setInterval(() => {
    for (const socket of server.clients) {
      if (!heard.delete(socket) || socket.bufferedAmount > hopelesslyBehind * limits.unsentBytes) socket.terminate();
      else socket.ping();
    }
  }, limits.pingEveryMs);

  let isClosing = false;
  return {
    take: (request, socket, head) => {
      if (isClosing) return sendAndClose(socket, refusals.ending);
      if (server.clients.size >= limits.sockets) return sendAndClose(socket, refusals.socketsBusy);
      server.handleUpgrade(request, socket, head, (client) => server.emit("connection", client, request));
    },
    close: async () => {
      isClosing = true;
      clearInterval(pings);
      const gone = [...server.clients].map((socket) => new Promise((resolve) => socket.once("close", resolve)));
      for (const socket of server.clients) socket.close(goingAway, "the workbench ends");
      const timer = setTimeout(() => server.clients.forEach((socket) => socket.terminate()), closesWithinMs);
      await Promise.all(gone);
      clearTimeout(timer);
      server.close();
    },
  };
}
