/** What the browser shell gives to whoever comes; far beyond what a few windows need. */
export interface ShellLimits {
  /** Of a link, from when it is given. */
  readonly tokenValidMs: number;
  /** TCP connections, WebSockets included. */
  readonly connections: number;
  readonly headersBytes: number;
  readonly headersMs: number;
  /** A whole request, an upload included. */
  readonly requestMs: number;
  /** Without a byte of an upload. */
  readonly uploadIdleMs: number;
  /** A run of 1,202 layers has 156 MB a checkpoint, and three of them. */
  readonly uploadBytes: number;
  readonly uploadsAtOnce: number;
  readonly downloadsAtOnce: number;
  /** Without a byte of a download taken. */
  readonly downloadIdleMs: number;
  /** For what a client still sends after it has been answered: closed at once, it would not see the answer. */
  readonly lingerMs: number;
  readonly sockets: number;
  /** A socket that has not answered the last ping by the next is gone. */
  readonly pingEveryMs: number;
  /** What a socket may send at once, and then a second. */
  readonly messagesAtOnce: number;
  readonly messagesPerSecond: number;
  /** What may wait to be sent to a socket before it is heard again; ten times that, and it is closed. */
  readonly unsentBytes: number;
  readonly logEveryMs: number;
}

export const shellLimits: ShellLimits = {
  tokenValidMs: 60_000,
  connections: 256,
  headersBytes: 16_384,
  headersMs: 10_000,
  requestMs: 3_600_000,
  uploadIdleMs: 30_000,
  uploadBytes: 2_000_000_000,
  uploadsAtOnce: 2,
  downloadsAtOnce: 4,
  downloadIdleMs: 30_000,
  lingerMs: 2_000,
  sockets: 64,
  pingEveryMs: 15_000,
  messagesAtOnce: 200,
  messagesPerSecond: 200,
  unsentBytes: 8_000_000,
  logEveryMs: 1_000,
};
