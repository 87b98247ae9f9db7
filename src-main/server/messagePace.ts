import { WebSocket } from "ws";

export interface Pace {
  readonly messagesAtOnce: number;
  readonly messagesPerSecond: number;
  /** What may wait to be sent to the socket before it is heard again. */
  readonly unsentBytes: number;
}

/**
 * Hands a socket's messages on one at a time, others' work in between, and no faster than `pace`. Nothing is lost: a socket
 * that sends more is not read from meanwhile, so that its own side has to wait. One that does not take its answers is
 * not heard either.
 *
 * To be called before anything listens to the socket.
 */
export function paceMessages(socket: WebSocket, pace: Pace, nowMs: () => number = () => performance.now()): void {
  const deliver = socket.emit.bind(socket) as (event: string | symbol, ...args: unknown[]) => boolean;
  /** At most what one read from the network held. */
  const held: unknown[][] = [];
  let allowance = pace.messagesAtOnce;
  let refilledAtMs = nowMs();
  let isScheduled = false;

  const handOn = (): void => {
    isScheduled = false;
    if (socket.readyState !== WebSocket.OPEN) held.length = 0;
    const atMs = nowMs();
    allowance = Math.min(pace.messagesAtOnce, allowance + ((atMs - refilledAtMs) * pace.messagesPerSecond) / 1000);
    refilledAtMs = atMs;
    if (held.length > 0 && (allowance < 1 || socket.bufferedAmount > pace.unsentBytes)) {
      socket.pause();
      isScheduled = true;
      setTimeout(handOn, Math.ceil(1000 / pace.messagesPerSecond)).unref();
      return;
    }
    const message = held.shift();
    if (message !== undefined) {
      allowance--;
      deliver("message", ...message);
    }
    if (held.length > 0) schedule();
    else socket.resume();
  };
  const schedule = (): void => {
    if (isScheduled) return;
    isScheduled = true;
    setImmediate(handOn);
  };

  socket.emit = (event: string | symbol, ...args: unknown[]): boolean => {
    if (event !== "message") return deliver(event, ...args);
    held.push(args);
    schedule();
    return true;
  };
}
