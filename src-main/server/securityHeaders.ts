/** Nothing runs, nothing is loaded: for pages of a few words. */
const closedPolicy = [
  "default-src 'none'",
  "style-src 'unsafe-inline'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
  "form-action 'none'",
].join("; ");

/**
 * For the window: scripts of its own alone. Styles may be inline, since charts and menus set style attributes
 * (2,520 violations in one sweep of a plot otherwise).
 *
 * @param host the request's own `Host`, once it is known to be ours
 */
const windowPolicy = (host: string): string =>
  [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' blob: data:",
    "font-src 'self'",
    // Not every browser counts a WebSocket among 'self'.
    `connect-src 'self' ws://${host}`,
    "worker-src 'self'",
    "manifest-src 'self'",
    "object-src 'none'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
    "form-action 'none'",
  ].join("; ");

/** Headers of every answer; the caller may add its own, `Cache-Control` among them. @param host see `windowPolicy` */
export function securityHeaders(host?: string): Record<string, string> {
  return {
    "Content-Security-Policy": host === undefined ? closedPolicy : windowPolicy(host),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
  };
}
