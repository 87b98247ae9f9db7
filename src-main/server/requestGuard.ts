import { hostNameIn } from "./hostName.ts";
import { refusals, type Refusal } from "./refusal.ts";

/** What is known of a request before anything is done for it. */
export interface GuardedRequest {
  readonly method: string;
  /** The header `Host`. */
  readonly host: string | undefined;
  /** The header `Origin`. */
  readonly origin: string | undefined;
  readonly isUpgrade: boolean;
  /** Whether it must come from a browser that has been let in: all but those that bring another secret. */
  readonly needsSession: boolean;
  readonly hasSession: boolean;
}

const safeMethods: readonly string[] = ["GET", "HEAD"];
const methods: readonly string[] = [...safeMethods, "POST"];

/**
 * Whether a request belongs here. Its host must be one of ours: a page of evil.example whose name leads to 127.0.0.1 has
 * another (DNS rebinding). Its origin must be this very host: pages of other ports are of the same *site*, so that a
 * strict cookie goes along with what they send.
 *
 * @returns why not; undefined where it does
 */
export function guard(request: GuardedRequest, allowedNames: ReadonlySet<string>): Refusal | undefined {
  const { method, host, origin, isUpgrade, needsSession, hasSession } = request;
  const name = hostNameIn(host);
  if (name === undefined) return refusals.hostUnreadable;
  if (!allowedNames.has(name)) return refusals.foreignHost;
  if (origin !== undefined && origin.toLowerCase() !== `http://${host!.toLowerCase()}`) return refusals.foreignOrigin;
  if (!methods.includes(method)) return refusals.methodUnknown;
  if (origin === undefined && (isUpgrade || !safeMethods.includes(method))) return refusals.originMissing;
  if (needsSession && !hasSession) return refusals.notSignedIn;
  return undefined;
}
