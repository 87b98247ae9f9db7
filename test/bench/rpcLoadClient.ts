import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import type { MainReady, MainUsage, ToMain } from "./rpcLoadMain.ts";

/** The process of rpcLoadMain.ts, seen from whoever loads it. */
export interface LoadedMain extends MainReady {
  play(trainers: number): void;
  usage(): Promise<MainUsage>;
  close(): Promise<void>;
}

/** @param runs of 64,000 iterations */
export async function startLoadedMain(runs: number): Promise<LoadedMain> {
  const child: ChildProcess = fork(path.join(import.meta.dirname, "rpcLoadMain.ts"), [String(runs)]);
  const ended = once(child, "exit").then(() => Promise.reject(new Error("The main of the load has ended.")));
  ended.catch(() => {});
  const tell = (message: ToMain) => void child.send(message);
  const next = async <T>(): Promise<T> => ((await Promise.race([once(child, "message"), ended])) as [T])[0];
  const ready = await next<MainReady>();
  return {
    ...ready,
    play: (trainers) => tell({ play: trainers }),
    usage: () => {
      const answer = next<MainUsage>();
      tell({ usage: true });
      return answer;
    },
    close: async () => {
      const gone = once(child, "exit");
      tell({ end: true });
      await gone;
    },
  };
}
