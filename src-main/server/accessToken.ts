import { timingSafeEqual } from "node:crypto";
import { digestOf, newSecret } from "./secret.ts";

interface Outstanding {
  readonly digest: Buffer;
  readonly untilMs: number;
}

/** Links that nobody followed yet; beyond that the oldest is void. */
const mostOutstanding = 32;

/** The secrets of first addresses: each opens the door once, within its time. Only their digests are kept. */
export class AccessTokens {
  readonly #validMs: number;
  readonly #nowMs: () => number;
  #outstanding: Outstanding[] = [];

  /** @param nowMs a clock that never goes back, in milliseconds */
  constructor(validMs: number, nowMs: () => number) {
    this.#validMs = validMs;
    this.#nowMs = nowMs;
  }

  issue(): string {
    const token = newSecret();
    this.#outstanding.push({ digest: digestOf(token), untilMs: this.#nowMs() + this.#validMs });
    this.#outstanding = this.#outstanding.slice(-mostOutstanding);
    return token;
  }

  /** Whether `token` opens the door; from then on it does not. */
  redeem(token: string): boolean {
    const nowMs = this.#nowMs();
    const digest = digestOf(token);
    this.#outstanding = this.#outstanding.filter(({ untilMs }) => nowMs < untilMs);
    // All of them are compared, in constant time each: how long it takes says nothing.
    const left = this.#outstanding.filter((one) => !timingSafeEqual(one.digest, digest));
    const found = left.length < this.#outstanding.length;
    this.#outstanding = left;
    return found;
  }
}
