import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { ServiceContext } from "../rpc/implementation.ts";
import { serveSocket } from "../rpc/serveSocket.ts";
import { AccessTokens } from "./accessToken.ts";
import { sweepUploads } from "./fileUpload.ts";
import { allowedHostNames, asAddress, asHostName, isLoopback, reachableName } from "./hostName.ts";
import { newInstance, readInstance, writeInstance } from "./instanceFile.ts";
import { limitLines } from "./lineLimit.ts";
import { linksAddress } from "./linkRequest.ts";
import { listenOn } from "./listen.ts";
import { refusalOf, refusals, RefusedError, type Refusal } from "./refusal.ts";
import { html, jsonReply, refusalReply, send, sendAndClose, type Reply } from "./reply.ts";
import { guard } from "./requestGuard.ts";
import { addressIn, routes, type Address } from "./routes.ts";
import { rpcSockets } from "./rpcSockets.ts";
import { digestOf, matches, newSecret } from "./secret.ts";
import { Sessions } from "./sessionCookie.ts";
import { shellLimits, type ShellLimits } from "./shellLimits.ts";
import { enteringPage } from "./signInPages.ts";

export interface BrowserShellOptions {
  readonly context: ServiceContext;
  /** A name or an address to listen on; this machine alone without one. */
  readonly host?: string | undefined;
  /** Without one the last that was used, where it is free; 0 is any. */
  readonly port?: number | undefined;
  /** Told of refused strangers and of faults, at most a line a second. */
  readonly onNote: (text: string) => void;
  readonly rendererFolder?: string;
  readonly limits?: Partial<ShellLimits>;
  /** A clock that never goes back, in milliseconds; of links. */
  readonly nowMs?: () => number;
}

export interface BrowserShell {
  /** "http://127.0.0.1:41234" */
  readonly origin: string;
  readonly port: number;
  /** An address that lets one browser in, within a minute. */
  link(): string;
  close(): Promise<void>;
}

const builtRenderer = fileURLToPath(new URL("../../out/renderer", import.meta.url));
const checkTimeoutsEveryMs = 500;
const mostHeaders = 100;
const closesWithinMs = 1_000;

/**
 * Serves the window and its services to browsers. The caller holds the workbench folder's lock.
 *
 * @throws WorkbenchError `network` where the port is taken, `usage` where the host is none of this machine, `permission`,
 *   `disk-full`
 */
export async function startBrowserShell(options: BrowserShellOptions): Promise<BrowserShell> {
  const { context, nowMs = () => performance.now() } = options;
  const { home } = context.workbench;
  const limits = { ...shellLimits, ...options.limits };
  const note = limitLines(options.onNote, limits.logEveryMs);
  const hostName = asHostName(options.host ?? "127.0.0.1");
  const allowedNames = allowedHostNames(hostName);
  const left = readInstance(home);
  const instance = left?.instance ?? newInstance();
  const tokens = new AccessTokens(limits.tokenValidMs, nowMs);
  const sessions = new Sessions(instance);
  const secret = newSecret();
  const secretDigest = digestOf(secret);
  const behind = routes({ ...limits, context, rendererFolder: options.rendererFolder ?? builtRenderer });
  const browser = isLoopback(hostName) ? "of this machine" : "of any machine";
  const sockets = rpcSockets((socket) => serveSocket(socket, { ...context, browser }, note), limits);
  let origin = "";
  const link = (): string => `${origin}/?token=${tokens.issue()}`;

  const refusalFor = (request: IncomingMessage, isUpgrade: boolean, needsSession: boolean): Refusal | undefined => {
    const { headers, method = "" } = request;
    const hasSession = sessions.holds(headers.cookie);
    const facts = { method, ...onlyOnes(request), isUpgrade, needsSession, hasSession };
    return guard(facts, allowedNames);
  };

  const answer = async (request: IncomingMessage): Promise<Reply> => {
    const address = addressIn(request.url);
    const door = address && doorOf(request, address);
    const refusal = refusalFor(request, false, door === undefined);
    if (refusal) throw new RefusedError(refusal);
    if (address === undefined) throw new RefusedError(refusals.addressUnreadable);
    switch (door) {
      case "token":
        if (!tokens.redeem(address.query.get("token") ?? "")) throw new RefusedError(refusals.linkVoid);
        return { status: 200, type: html, body: enteringPage(), headers: { "Set-Cookie": sessions.open() } };
      case "secret":
        if (!matches(bearerOf(request), secretDigest)) throw new RefusedError(refusals.secretWrong);
        return jsonReply({ url: link() });
      case undefined:
        return behind.answer(request, address);
    }
  };

  const onRequest = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    let reply: Reply;
    try {
      reply = await answer(request);
    } catch (error) {
      const refusal = refusalOf(error);
      if (refusal === refusals.fault) noteFault(error);
      noteStranger(refusal, request);
      reply = refusalReply(refusal, request.headers.accept);
    }
    await send(reply, request, response, limits).catch(noteFault);
  };

  const noteFault = (error: unknown): void =>
    note(error instanceof Error ? (error.stack ?? error.message) : String(error));

  const noteStranger = (refusal: Refusal, { method, headers, socket }: IncomingMessage): void => {
    if (!strangers.includes(refusal)) return;
    const said = JSON.stringify({ host: headers.host, origin: headers.origin });
    note(`Refused a ${method} from ${socket.remoteAddress}: ${refusal.message} ${said}`);
  };

  const http = createServer(
    {
      maxHeaderSize: limits.headersBytes,
      headersTimeout: limits.headersMs,
      requestTimeout: limits.requestMs,
      connectionsCheckingInterval: checkTimeoutsEveryMs,
      // Answered below, with the headers that every answer has.
      requireHostHeader: false,
    },
    (request, response) => void onRequest(request, response),
  );
  http.maxConnections = limits.connections;
  http.maxHeadersCount = mostHeaders;
  http.on("checkExpectation", (request, response) => {
    void send(refusalReply(refusals.expectation), request, response, limits);
  });
  http.on("clientError", (error: NodeJS.ErrnoException, socket) => sendAndClose(socket, refusalOfClientError(error)));
  http.on("upgrade", (request, socket, head) => {
    const address = addressIn(request.url);
    const refusal = refusalFor(request, true, true) ?? (address?.path === "/rpc" ? undefined : refusals.notFound);
    if (refusal === undefined) return sockets.take(request, socket, head);
    noteStranger(refusal, request);
    sendAndClose(socket, refusal);
  });

  try {
    sweepUploads(home);
    await listenOn(http, asAddress(hostName), options.port, left?.port);
    const { port } = http.address() as AddressInfo;
    origin = `http://${reachableName(hostName)}:${port}`;
    writeInstance(home, { instance, port, serving: { origin, processId: process.pid, secret } });
    return {
      ...{ origin, port, link },
      close: async () => {
        await Promise.all([closed(http), sockets.close()]);
        behind.close();
        writeInstance(home, { instance, port });
      },
    };
  } catch (error) {
    behind.close();
    await Promise.all([closed(http), sockets.close()]);
    throw error;
  }
}

const strangers: readonly Refusal[] = [
  refusals.foreignHost,
  refusals.foreignOrigin,
  refusals.linkVoid,
  refusals.secretWrong,
];

/** Requests that bring another secret than a session's. */
function doorOf({ method }: IncomingMessage, { path, query }: Address): "token" | "secret" | undefined {
  if (method === "GET" && path === "/" && query.has("token")) return "token";
  return method === "POST" && path === linksAddress ? "secret" : undefined;
}

/** A header that is there twice is none: who wrote it, and who reads it, may mean different ones. */
function onlyOnes({ headersDistinct }: IncomingMessage): { host: string | undefined; origin: string | undefined } {
  const [host, secondHost] = headersDistinct.host ?? [];
  const origins = headersDistinct.origin;
  return { host: secondHost === undefined ? host : undefined, origin: origins && origins.join(", ") };
}

const bearerOf = ({ headers }: IncomingMessage): string =>
  /^Bearer ([\w-]+)$/.exec(headers.authorization ?? "")?.[1] ?? "";

function refusalOfClientError({ code }: NodeJS.ErrnoException): Refusal {
  if (code === "ERR_HTTP_REQUEST_TIMEOUT") return refusals.tooSlow;
  return code === "HPE_HEADER_OVERFLOW" ? refusals.headersTooLarge : refusals.requestUnreadable;
}

async function closed(http: Server): Promise<void> {
  if (!http.listening) return;
  const isClosed = once(http, "close");
  http.close();
  http.closeIdleConnections();
  await Promise.race([isClosed, sleep(closesWithinMs, undefined, { ref: false })]);
  http.closeAllConnections();
  await isClosed;
}
