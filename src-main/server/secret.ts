import { createHash, randomBytes, timingSafeEqual } from "node:crypto";

const secretBytes = 32;

/** 256 random bits, as they can stand in an address, a cookie and a header (43 characters). */
export const newSecret = (): string => randomBytes(secretBytes).toString("base64url");

/** What is kept of a secret: of one length, so that it can be compared in constant time. */
export const digestOf = (secret: string): Buffer => createHash("sha256").update(secret).digest();

/** Whether `secret` is the one of `digest`; takes the same time wherever they differ. */
export const matches = (secret: string, digest: Buffer): boolean => timingSafeEqual(digestOf(secret), digest);
