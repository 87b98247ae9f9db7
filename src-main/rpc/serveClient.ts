import { ORPCError } from "@orpc/client";
import { onError } from "@orpc/server";
import { RPCHandler } from "@orpc/server/ws";
import { WorkbenchError } from "../../src-shared/errors.ts";
import type { ServiceContext } from "./implementation.ts";
import { router } from "./router.ts";
import { isWellFormed } from "./wellFormed.ts";
import { fromWireError } from "./wireErrors.ts";

/** A connection to one client, whatever carries it. */
export interface Wire {
  send(message: string | ArrayBufferLike | Uint8Array): void;
  onMessage(listener: (message: unknown) => void): void;
  onClose(listener: () => void): void;
  /** Ends the connection, since the client sends what makes no sense. */
  refuse(): void;
}

/**
 * Serves the contract to one client. Its first malformed message closes the connection: oRPC alone would leave it open and
 * log a stack for each.
 *
 * oRPC's adapter for `ws` serves every wire: its peers send and understand the same messages as those of its MessagePort
 * adapter, which leaves rejected promises unhandled, and one of them would end main.
 *
 * @param onFault told of what went wrong within the program; foreseen failures go to the client alone
 */
export function serveClient(wire: Wire, context: ServiceContext, onFault: (text: string) => void): void {
  const handler = new RPCHandler<ServiceContext>(router, {
    clientInterceptors: [
      onError((error) => {
        if (error instanceof ORPCError && error.code === "contract-mismatch") return;
        const fault = fromWireError(error);
        if (fault instanceof WorkbenchError && fault.code !== "internal") return;
        onFault(fault instanceof Error ? (fault.stack ?? fault.message) : String(fault));
      }),
    ],
  });
  let refused = false;
  const socket = {
    send: (message: string | ArrayBufferLike | Uint8Array) => wire.send(message),
    addEventListener: (type: string, listener: (event?: { data: string }) => void) => {
      if (type !== "message") return wire.onClose(() => listener());
      wire.onMessage((message) => {
        if (refused) return;
        if (isWellFormed(message)) return listener({ data: message });
        refused = true;
        wire.refuse();
      });
    },
  };
  void handler.upgrade(socket as unknown as Parameters<typeof handler.upgrade>[0], { context });
}
