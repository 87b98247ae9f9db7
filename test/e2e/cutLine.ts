import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Socket } from "node:net";

/** A line to a server on this machine that can be cut. */
export interface CutLine {
  /** `link` by way of this line. */
  through(link: string): string;
  /** Ends every connection, and lets none in until `mend`. */
  cut(): void;
  mend(): void;
  close(): Promise<void>;
}

export async function cutLine(toPort: number): Promise<CutLine> {
  let isCut = false;
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    if (isCut) return void socket.destroy();
    const onward = connect(toPort, "127.0.0.1");
    for (const end of [socket, onward]) {
      sockets.add(end);
      end.on("error", () => {});
      end.once("close", () => {
        sockets.delete(end);
        socket.destroy();
        onward.destroy();
      });
    }
    socket.pipe(onward).pipe(socket);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const cut = (): void => {
    isCut = true;
    for (const socket of sockets) socket.destroy();
  };
  return {
    through: (link) => Object.assign(new URL(link), { port: String(port) }).href,
    cut,
    mend: () => (isCut = false),
    close: async () => {
      cut();
      server.close();
      await once(server, "close");
    },
  };
}
