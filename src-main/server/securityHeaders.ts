import { reportPolicy } from "../../src-shared/report/reportHtml.ts";

/** Nothing runs, nothing is loaded: for pages of a few words. */
const closedPolicy = [
  "default-src 'none'",
  "style-src 'unsafe-inline'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
  "form-action 'none'",
].join("; ");

/** A report is a page of its own: the fonts that it holds, its styles, nothing else; not even its own origin. */
export const reportHeaders = {
  "Content-Security-Policy": [
    reportPolicy,
    "sandbox",
    "base-uri 'none'",
    "frame-ancestors 'none'",
    "form-action 'none'",
  ].join("; "),
} as const;

/**
 * For the window: scripts of its own alone. Styles may be inline, since charts and menus set style attributes
 * (2,520 violations in one sweep of a plot otherwise).
 *
 * @param connect where it may connect to
 */
const windowPolicy = (connect: string): string =>
  [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' blob: data:",
    "font-src 'self'",
    `connect-src ${connect}`,
    "worker-src 'self'",
    "manifest-src 'self'",
    "object-src 'none'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
    "form-action 'none'",
  ].join("; ");

const headersWith = (policy: string): Record<string, string> => ({
  "Content-Security-Policy": policy,
  "X-Content-Type-Options": "nosniff",
  "Referrer-Policy": "no-referrer",
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Resource-Policy": "same-origin",
  "Cache-Control": "no-store",
});

/**
 * Headers of every answer of the browser shell; the caller may add its own, `Cache-Control` among them.
 *
 * @param host for the window: the request's own `Host`, once it is known to be ours
 */
export const securityHeaders = (host?: string): Record<string, string> =>
  // Not every browser counts a WebSocket among 'self'.
  headersWith(host === undefined ? closedPolicy : windowPolicy(`'self' ws://${host}`));

/** Headers of every answer of the desktop shell, whose window talks to main by a port. */
export const desktopHeaders = (): Record<string, string> => headersWith(windowPolicy("'self'"));
