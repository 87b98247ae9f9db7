import { STATUS_CODES, type IncomingMessage, type ServerResponse } from "node:http";
import { Readable, type Duplex } from "node:stream";
import { pipeline } from "node:stream/promises";
import { refusalPage } from "./signInPages.ts";
import type { Refusal } from "./refusal.ts";
import type { ShellLimits } from "./shellLimits.ts";
import { securityHeaders } from "./securityHeaders.ts";

/** An answer. What is whole in memory is small: the largest is a bundle of scripts. */
export interface Reply {
  readonly status: number;
  readonly type: string;
  readonly body: string | Buffer | Readable;
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

/** A file to keep, by a name that every system takes. */
export const attachment = (name: string): { readonly "Content-Disposition": string } => ({
  "Content-Disposition": `attachment; filename="${name.replace(/[^\w.-]/g, "_")}"`,
});

/** For a person who looks at it a page, for a program `{code, message, mend}`. */
export function refusalReply(refusal: Refusal, accept = ""): Reply & { readonly body: string } {
  const { status, code, message, mend, headers = {} } = refusal;
  if (accept.includes("text/html")) return { status, type: html, body: refusalPage(refusal), headers };
  return { status, type: json, body: `${JSON.stringify({ code, message, mend })}\n`, headers };
}

function headersOf({ type, body, headers, isWindow }: Reply, host: string | undefined): Record<string, string> {
  return {
    ...securityHeaders(isWindow ? host : undefined),
    "Content-Type": type,
    ...(!(body instanceof Readable) && { "Content-Length": String(Buffer.byteLength(body)) }),
    ...headers,
  };
}

/**
 * Sends `reply`. What the client still has to say is let run into the void for a while, and then cut off; so is a client
 * that takes nothing of a stream.
 *
 * @param limits see ShellLimits
 * @throws what a stream fails with; nothing where the client has gone
 */
export async function send(
  reply: Reply,
  request: IncomingMessage,
  response: ServerResponse,
  { lingerMs, downloadIdleMs }: Pick<ShellLimits, "lingerMs" | "downloadIdleMs">,
): Promise<void> {
  const { status, body } = reply;
  response.writeHead(status, headersOf(reply, request.headers.host));
  if (!request.complete) {
    const { socket } = request;
    const timer = setTimeout(() => socket.destroy(), lingerMs).unref();
    request.once("end", () => clearTimeout(timer)).resume();
  }
  if (!(body instanceof Readable)) {
    response.end(request.method === "HEAD" ? undefined : body);
    return;
  }
  if (request.method === "HEAD") {
    body.destroy();
    response.end();
    return;
  }
  response.setTimeout(downloadIdleMs, () => response.destroy());
  await pipeline(body, response).catch((error: unknown) => {
    if (!ofTheConnection.has((error as NodeJS.ErrnoException).code ?? "")) throw error;
  });
}

const ofTheConnection = new Set(["ERR_STREAM_PREMATURE_CLOSE", "ERR_STREAM_DESTROYED", "ECONNRESET", "EPIPE"]);

const closesWithinMs = 1_000;

/** Answers on a socket that has no ServerResponse (an upgrade, a request that could not be read), and closes it. */
export function sendAndClose(socket: Duplex, refusal: Refusal): void {
  socket.on("error", () => {});
  if (!socket.writable) return void socket.destroy();
  const reply = refusalReply(refusal);
  const headers = { ...headersOf(reply, undefined), Connection: "close" };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  const { status } = reply;
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join("")}\r\n${reply.body}`);
  setTimeout(() => socket.destroy(), closesWithinMs).unref();
}
