import { timingSafeEqual } from "node:crypto";
import { digestOf, newSecret } from "./secret.ts";

/** Browsers that are let in at the same time; beyond that the one that came first is asked for a new link. */
const mostSessions = 256;

/**
 * Who has been let in, as long as this process lives. Cookies ignore ports: the name is the instance's, so that two
 * workbenches on one machine do not take each other's away.
 */
export class Sessions {
  readonly cookieName: string;
  #digests: Buffer[] = [];

  /** @param instance eight hexadecimal digits */
  constructor(instance: string) {
    this.cookieName = `rwb-${instance}`;
  }

  /** Lets a browser in. @returns the value of `Set-Cookie` */
  open(): string {
    const secret = newSecret();
    this.#digests = [...this.#digests, digestOf(secret)].slice(-mostSessions);
    // Without `Secure`: not every browser would send it to http://127.0.0.1.
    return `${this.cookieName}=${secret}; Path=/; HttpOnly; SameSite=Strict`;
  }

  /** @param header a request's `Cookie`; of several with this instance's name any may be right */
  holds(header: string | undefined): boolean {
    return cookieValues(header ?? "", this.cookieName).some((secret) => {
      const digest = digestOf(secret);
      return this.#digests.filter((known) => timingSafeEqual(known, digest)).length > 0;
    });
  }
}

function cookieValues(header: string, name: string): string[] {
  return header
    .split(";")
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(`${name}=`))
    .map((pair) => pair.slice(name.length + 1));
}
