import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Socket } from "node:net";

/** How a connection is lost: it is reset, and none can be opened; or nothing comes through, and nobody says so. */
export const cuts = ["reset", "silent"] as const;
export type Cut = (typeof cuts)[number];

/** A way to a port of this machine that can be cut. */
export interface TcpProxy {
  readonly port: number;
  /** Connections that were taken since it began. */
  readonly taken: number;
  cut(how: Cut): void;
  heal(): void;
  close(): void;
}

export async function startTcpProxy(target: number): Promise<TcpProxy> {
  const pairs = new Set<readonly [Socket, Socket]>();
  let state: Cut | "open" = "open";
  let taken = 0;
  const join = ([near, far]: readonly [Socket, Socket]): void => {
    for (const [from, to] of [[near, far], [far, near]] as const) from.on("data", (bytes) => to.write(bytes)); // prettier-ignore
  };
  const server = createServer((near) => {
    if (state === "reset") return void near.resetAndDestroy();
    taken++;
    const pair = [near, connect(target, "127.0.0.1")] as const;
    pairs.add(pair);
    for (const socket of pair) {
      socket.setNoDelay(true);
      socket.on("error", () => {});
      socket.on("close", () => {
        pairs.delete(pair);
        for (const each of pair) each.destroy();
      });
    }
    join(pair);
    if (state === "silent") for (const socket of pair) socket.pause();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    get taken() {
      return taken;
    },
    cut: (how) => {
      state = how;
      for (const socket of [...pairs].flat()) if (how === "reset") socket.resetAndDestroy(); else socket.pause(); // prettier-ignore
    },
    heal: () => {
      state = "open";
      // What was on its way arrives late.
      for (const socket of [...pairs].flat()) socket.resume();
    },
    close: () => {
      server.close();
      for (const socket of [...pairs].flat()) socket.destroy();
    },
  };
}
