import { createORPCClient } from "@orpc/client";
import type { ServicesWith } from "../../src-shared/contract/index.ts";
import { LiveTicks, silentAfterMs, type TickListener } from "./liveTicks.ts";
import { callError, isStream, translated, type CallContext } from "./rpcCall.ts";
import { RpcConnection, type ConnectionState } from "./rpcConnection.ts";
import type { Channel, Transport } from "./rpcTransport.ts";

/** Main's services, as a window sees them. Every subscription returns what ends it. */
export interface RpcClient {
  /**
   * Calls fail with a WorkbenchError: the procedure's own, or `interrupted` where the connection was lost. While there is
   * none, a call waits for it, or fails: `services.runs.list({}, { context: { whenLost: "fail" } })`.
   */
  readonly services: ServicesWith<CallContext>;
  readonly state: ConnectionState;
  onState(listener: (state: ConnectionState) => void): () => void;
  /** What changes in the workbench, at most four times a second, each change once, whatever happens to the connection. */
  watch(listener: TickListener): () => void;
  /** Tries at once, also after a refusal. */
  reconnect(): void;
  close(): void;
}

export interface RpcClientOptions {
  /** The version of this window. */
  readonly program: string;
  /** A connection without a sign of life for so long is dead; heard of while somebody watches. */
  readonly silentAfterMs?: number;
}

export function connectRpc(transport: Transport, options: RpcClientOptions): RpcClient {
  const connection = new RpcConnection(transport, options.program);
  const services = createORPCClient<ServicesWith<CallContext>>({
    async call(path, input, call) {
      const channel = await connection.channel(call.context, call.signal);
      try {
        const output = await untilClosed(channel, channel.link.call(path, input, call));
        return isStream(output) ? translated(output, channel.isClosed) : output;
      } catch (error) {
        throw call.signal?.aborted ? error : callError(error, channel.isClosed());
      }
    },
  });
  const afterMs = options.silentAfterMs ?? silentAfterMs;
  const ticks = new LiveTicks(services, () => connection.drop(), afterMs);
  return {
    services,
    get state() {
      return connection.state;
    },
    onState: (listener) => connection.onState(listener),
    watch: (listener) => ticks.listen(listener),
    reconnect: () => connection.reconnect(),
    close: () => {
      ticks.close();
      connection.close();
    },
  };
}

/** A call ends with its channel, also where it began when that was closing: oRPC would wait for ever. */
async function untilClosed(channel: Channel, call: Promise<unknown>): Promise<unknown> {
  let leave = () => {};
  const closed = new Promise<never>((_, reject) => {
    leave = channel.onClosed(() => reject(new Error("The connection has closed.")));
  });
  try {
    return await Promise.race([call, closed]);
  } finally {
    leave();
  }
}

export type { TickListener } from "./liveTicks.ts";
export type { CallContext } from "./rpcCall.ts";
export type { ConnectionState, Main } from "./rpcConnection.ts";
export { messagePortTransport, webSocketTransport, type Refusal, type Transport } from "./rpcTransport.ts";
