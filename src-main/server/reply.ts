import { STATUS_CODES, type IncomingMessage, type ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { refusalPage } from "./signInPages.ts";
import type { Refusal } from "./refusal.ts";
import { securityHeaders } from "./securityHeaders.ts";

/** An answer, whole in memory: the largest is a bundle of scripts. */
export interface Reply {
  readonly status: number;
  readonly type: string;
  readonly body: string | Buffer;
  readonly headers?: Readonly<Record<string, string>>;
  /** A page of the window, whose scripts may run. */
  readonly isWindow?: boolean;
}

export const html = "text/html; charset=utf-8";
const json = "application/json; charset=utf-8";

export const jsonReply = (value: unknown, headers?: Reply["headers"]): Reply => ({
  ...{ status: 200, type: json, body: `${JSON.stringify(value)}\n` },
  ...(headers && { headers }),
});

/** For a person who looks at it a page, for a program `{code, message, mend}`. */
export function refusalReply(refusal: Refusal, accept = ""): Reply {
  const { status, code, message, mend, headers = {} } = refusal;
  if (accept.includes("text/html")) return { status, type: html, body: refusalPage(refusal), headers };
  return { status, type: json, body: `${JSON.stringify({ code, message, mend })}\n`, headers };
}

function headersOf({ type, body, headers, isWindow }: Reply, host: string | undefined): Record<string, string> {
  return {
    ...securityHeaders(isWindow ? host : undefined),
    "Content-Type": type,
    "Content-Length": String(Buffer.byteLength(body)),
    ...headers,
  };
}

/**
 * Sends `reply`. What the client still has to say is let run into the void for a while, and then cut off.
 *
 * @param lingerMs see ShellLimits
 */
export function send(reply: Reply, request: IncomingMessage, response: ServerResponse, lingerMs: number): void {
  response.writeHead(reply.status, headersOf(reply, request.headers.host));
  response.end(request.method === "HEAD" ? undefined : reply.body);
  if (request.complete) return;
  const { socket } = request;
  const timer = setTimeout(() => socket.destroy(), lingerMs).unref();
  request.once("end", () => clearTimeout(timer)).resume();
}

const closesWithinMs = 1_000;

/** Answers on a socket that has no ServerResponse (an upgrade, a request that could not be read), and closes it. */
export function sendAndClose(socket: Duplex, refusal: Refusal): void {
  socket.on("error", () => {});
  if (!socket.writable) return void socket.destroy();
  const reply = refusalReply(refusal);
  const headers = { ...headersOf(reply, undefined), Connection: "close" };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  const { status } = reply;
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join("")}\r\n${reply.body.toString()}`);
  setTimeout(() => socket.destroy(), closesWithinMs).unref();
}
