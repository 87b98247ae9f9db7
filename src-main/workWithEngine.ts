import { setTimeout as sleep } from "node:timers/promises";
import { WorkbenchError } from "../src-shared/errors.ts";
import { ensureEngine } from "./engine/index.ts";
import type { Workbench } from "./workbench.ts";

const lookForEngineEveryMs = 15_000;

/**
 * Works the queue as soon as there is an engine: without one every run would fail, one after the other.
 *
 * @param told ends the waiting
 * @returns after the first look
 */
export async function workWithEngine(
  { history, queue, reports }: Workbench,
  told: AbortSignal,
  onNote: (text: string) => void,
): Promise<void> {
  if (history.newer) return;
  reports.watch();
  let hasSaid = false;
  const tryToWork = async (): Promise<boolean> => {
    try {
      await ensureEngine();
    } catch (error) {
      if (!(error instanceof WorkbenchError)) throw error;
      if (!hasSaid) onNote(`Nothing trains yet: ${error.message} ${error.mend ?? ""}`);
      hasSaid = true;
      return false;
    }
    if (!told.aborted) queue.work();
    return true;
  };
  if (await tryToWork()) return;
  void (async () => {
    do await sleep(lookForEngineEveryMs, undefined, { signal: told });
    while (!(await tryToWork()));
  })().catch((error: unknown) => {
    if (!told.aborted) onNote(`Nothing trains: ${(error as Error).message}`);
  });
}
