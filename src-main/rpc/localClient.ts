import { connect } from "node:net";
import { createORPCClient } from "@orpc/client";
import { RPCLink } from "@orpc/client/websocket";
import { WebSocket } from "ws";
import { contractVersion, type Services } from "../../src-shared/contract/index.ts";
import { WorkbenchError } from "../../src-shared/errors.ts";
import { findLocalAddress } from "./localAddress.ts";

/** A main that is alive, as another process on the same machine sees it. */
export interface LocalMain {
  readonly services: Services;
  readonly purpose: string;
  readonly processId: number;
  /** Rejects when the connection ends before `close`: calls under way are lost. */
  readonly lost: Promise<never>;
  close(): void;
}

const answersWithinMs = 5_000;
const farewellMs = 1_000;

/**
 * Connects to the main of `home`.
 *
 * @returns undefined where nobody listens: it is just starting, or ending
 * @throws WorkbenchError `locked` where it hangs or is of another version
 */
export async function connectLocally(home: string): Promise<LocalMain | undefined> {
  const address = findLocalAddress(home);
  if (address === undefined) return undefined;
  const socket = new WebSocket("ws://localhost/rpc", {
    createConnection: () => connect(address),
    perMessageDeflate: false,
  });
  socket.binaryType = "arraybuffer";
  let timer: NodeJS.Timeout | undefined;
  const hangs = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(doesNotAnswer(home)), answersWithinMs);
  });
  const lost = new Promise<never>((_, reject) => {
    socket.once("close", () => reject(endedBefore(home)));
  });
  // Nobody may be waiting for it.
  lost.catch(() => {});
  hangs.catch(() => {});
  try {
    if (!(await Promise.race([opened(socket), hangs]))) return undefined;
    const services: Services = createORPCClient(new RPCLink({ websocket: socket }));
    const { contract, program, purpose, processId } = await Promise.race([services.version(), hangs, lost]);
    if (contract !== contractVersion) throw otherVersion(home, program);
    const close = () => {
      socket.close();
      // A main that hangs meanwhile answers no farewell.
      setTimeout(() => socket.terminate(), farewellMs).unref();
    };
    return { services, purpose, processId, lost, close };
  } catch (error) {
    socket.terminate();
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

/** False where nobody listens. */
function opened(socket: WebSocket): Promise<boolean> {
  return new Promise((resolve) => {
    socket.once("open", () => resolve(true));
    socket.on("error", () => resolve(false));
  });
}

const doesNotAnswer = (home: string) =>
  new WorkbenchError("locked", `The workbench that works on ${home} does not answer.`, {
    mend: "Wait a moment and try again; if it hangs, end it.",
  });

const endedBefore = (home: string) =>
  new WorkbenchError("interrupted", `The workbench that works on ${home} ended before it answered.`, {
    mend: "Run the command again.",
  });

const otherVersion = (home: string, program: string) =>
  new WorkbenchError("locked", `The workbench that works on ${home} is of another version (${program}).`, {
    mend: "Use that version's rwb, or end that workbench first.",
  });
