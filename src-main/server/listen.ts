import { once } from "node:events";
import type { Server } from "node:http";
import { WorkbenchError } from "../../src-shared/errors.ts";

/**
 * Listens on `port`, or, where none is named, on the one of last time, or any.
 *
 * @throws WorkbenchError `network` where the port is taken, `permission`, `usage` where the host is none of this machine
 */
export async function listenOn(
  server: Server,
  host: string,
  port: number | undefined,
  lastPort: number | undefined,
): Promise<void> {
  if (port === undefined && lastPort !== undefined) {
    try {
      return await listening(server, host, lastPort);
    } catch (error) {
      // Another program has it by now, or another user may not have it.
      if (!["EADDRINUSE", "EACCES"].includes(codeOf(error))) throw listenError(error, host, lastPort);
    }
  }
  try {
    await listening(server, host, port ?? 0);
  } catch (error) {
    throw listenError(error, host, port ?? 0);
  }
}

async function listening(server: Server, host: string, port: number): Promise<void> {
  server.listen({ host, port, exclusive: true });
  await once(server, "listening");
}

const codeOf = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? "";

function listenError(error: unknown, host: string, port: number): unknown {
  switch (codeOf(error)) {
    case "EADDRINUSE":
      return new WorkbenchError("network", `Another program listens on port ${port} of ${host}.`, {
        mend: "Name another with --port N, or none: then a free one is chosen.",
        cause: error,
      });
    case "EACCES":
      return new WorkbenchError("permission", `Port ${port} may not be listened on.`, {
        mend: "Name one above 1023 with --port N, or none: then a free one is chosen.",
        cause: error,
      });
    case "EADDRNOTAVAIL":
    case "ENOTFOUND":
    case "EAI_AGAIN":
    case "EINVAL":
      return new WorkbenchError("usage", `${host} is no address of this machine.`, {
        mend: "Leave --host out, and reach it from elsewhere with ssh -L.",
        cause: error,
      });
    default:
      return error;
  }
}
