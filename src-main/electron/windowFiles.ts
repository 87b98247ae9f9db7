import { desktopHeaders } from "../server/securityHeaders.ts";
import { StaticFiles } from "../server/staticFiles.ts";
import { windowAddress } from "./windowAddress.ts";

/**
 * Answers the window's requests for its own files: those of `folder`, by exactly the addresses that they have there, and
 * nothing else.
 */
export function windowFiles(folder: string): (request: Request) => Promise<Response> {
  const files = new StaticFiles(folder, () => performance.now());
  const refusal = (status: number): Response => new Response(null, { status, headers: desktopHeaders() });

  return async ({ url, method }) => {
    if (method !== "GET" && method !== "HEAD") return refusal(405);
    if (!url.startsWith(windowAddress)) return refusal(404);
    const path = `/${url.slice(windowAddress.length)}`.replace(/[?#].*$/, "");
    const file = await files.find(path);
    if (file === undefined) return refusal(404);
    const headers = { ...desktopHeaders(), "Content-Type": file.type, ...file.headers };
    return new Response(method === "HEAD" ? null : new Uint8Array(file.body), { headers });
  };
}
