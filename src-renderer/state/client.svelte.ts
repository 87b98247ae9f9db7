import { connectRpc, type ConnectionState } from "./rpcClient.ts";
import { shellTransport } from "./shell.ts";

declare const __PROGRAM_VERSION__: string;

const client = connectRpc(shellTransport(), { program: __PROGRAM_VERSION__ });

/** Main's services; every call fails with a WorkbenchError. */
export const { services } = client;
export const watch = client.watch.bind(client);
export const reconnect = client.reconnect.bind(client);
export const programVersion = __PROGRAM_VERSION__;

class Connection {
  state: ConnectionState = $state.raw(client.state);

  constructor() {
    client.onState((state) => {
      this.state = state;
    });
  }
}

export const connection = new Connection();
