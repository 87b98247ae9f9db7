import { onError } from "@orpc/server";
import { RPCHandler } from "@orpc/server/ws";
import type { WebSocket } from "ws";
import { z } from "zod";
import { WorkbenchError } from "../../src-shared/errors.ts";
import type { ServiceContext } from "./implementation.ts";
import { router } from "./router.ts";
import { fromWireError } from "./wireErrors.ts";

/** A message in either direction is shorter than this; uploads go by HTTP. */
export const mostPayloadBytes = 1024 * 1024;
const malformed = 1007;
const closesWithinMs = 1000;

/** What oRPC's WebSocket client sends: a request, an item of a stream, the end of a call. */
const messageSchema = z.union([
  z.object({
    i: z.string(),
    t: z.literal(1).optional(),
    p: z.object({
      u: z.string().startsWith("/"),
      m: z.string().optional(),
      h: z.record(z.string(), z.union([z.string(), z.array(z.string())])).optional(),
    }),
  }),
  z.object({ i: z.string(), t: z.literal(3), p: z.object({ e: z.enum(["message", "error", "done"]) }) }),
  z.object({ i: z.string(), t: z.literal(4) }),
]);

function isWellFormed(data: unknown): boolean {
  if (typeof data !== "string") return false;
  try {
    return messageSchema.safeParse(JSON.parse(data)).success;
  } catch {
    return false;
  }
}

/**
 * Serves the contract to one client. Its first malformed message closes the connection: oRPC alone would leave it open and
 * log a stack for each.
 *
 * @param onFault told of what went wrong within the program; foreseen failures go to the client alone
 */
export function serveSocket(socket: WebSocket, context: ServiceContext, onFault: (text: string) => void): void {
  const handler = new RPCHandler<ServiceContext>(router, {
    clientInterceptors: [
      onError((error) => {
        const fault = fromWireError(error);
        if (fault instanceof WorkbenchError && fault.code !== "internal") return;
        onFault(fault instanceof Error ? (fault.stack ?? fault.message) : String(fault));
      }),
    ],
  });
  let refused = false;
  // A message that is too long, or a lost connection: the socket closes by itself.
  socket.on("error", () => {});
  const guarded = {
    send: socket.send.bind(socket),
    addEventListener: (type: string, listener: (event: unknown) => void) => {
      if (type !== "message") return socket.addEventListener("close", listener);
      socket.addEventListener("message", (event) => {
        if (refused) return;
        if (isWellFormed(event.data)) return listener(event);
        refused = true;
        socket.close(malformed, "malformed message");
        setTimeout(() => socket.terminate(), closesWithinMs).unref();
      });
    },
  };
  void handler.upgrade(guarded as Parameters<typeof handler.upgrade>[0], { context });
}
