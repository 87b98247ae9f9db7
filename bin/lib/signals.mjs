/**
 * Loaded into every Node that a wrapper of bin/ starts, before the program itself (--import).
 *
 * One Ctrl-C reaches the program up to three times: the terminal signals the whole process group, npm passes the signal
 * on to its child, and so does a wrapper, which cannot know where it came from. A program that takes a second Ctrl-C
 * for "stop at once" would lose its checkpoint, so repeats within `sameSignalMs` count as one.
 */
import { performance } from "node:perf_hooks";

const sameSignalMs = 400;
const parentCheckMs = 1000;
const signals = new Set(["SIGINT", "SIGTERM", "SIGHUP"]);

const nothing = () => {};
const lastAtMs = new Map();
const emit = process.emit;
process.emit = function (name, ...rest) {
  if (signals.has(name)) {
    const nowMs = performance.now();
    const repeated = nowMs - (lastAtMs.get(name) ?? -Infinity) < sameSignalMs;
    lastAtMs.set(name, nowMs);
    if (repeated) return true;
    // A program that listens once would be ended by the repeat: Node gives the signal back when nobody listens.
    process.on(name, nothing);
    setTimeout(() => process.off(name, nothing), sameSignalMs).unref();
  }
  return emit.call(this, name, ...rest);
};

// A wrapper that was killed outright can pass nothing on: the program notices by its new parent, and ends as if told to.
const parent = Number(process.env.RWB_PARENT_PID);
if (process.platform !== "win32" && parent > 0 && parent === process.ppid) {
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    process.kill(process.pid, "SIGTERM");
  }, parentCheckMs);
  timer.unref();
}
