import { setTimeout as sleep } from "node:timers/promises";
import { createRouterClient } from "@orpc/server";
import type { Services } from "../../src-shared/contract/index.ts";
import { WorkbenchError } from "../../src-shared/errors.ts";
import { openWorkbench, type Workbench } from "../workbench.ts";
import { connectLocally, type LocalMain } from "./localClient.ts";
import { router } from "./router.ts";
import { fromWireError } from "./wireErrors.ts";

/** A command that is at work, or a main that starts or ends, is waited for so long. */
const waitsMs = 10_000;
const looksEveryMs = 100;

/** The workbench folder, in this process's hands, or the main that has it. */
export type Reached =
  { readonly kind: "own"; readonly workbench: Workbench } | { readonly kind: "main"; readonly main: LocalMain };

/**
 * Opens the workbench of `home`, or, where another process has it, connects to that one: there is never a second writer.
 *
 * @throws WorkbenchError `locked` where it is taken and nobody answers; what `openWorkbench` throws
 */
export async function reachWorkbench(home: string, onNote: (text: string) => void): Promise<Reached> {
  const untilMs = performance.now() + waitsMs;
  for (;;) {
    try {
      return { kind: "own", workbench: await openWorkbench({ home, onNote }) };
    } catch (error) {
      if (!(error instanceof WorkbenchError && error.code === "locked")) throw error;
      const main = await connectLocally(home);
      if (main) return { kind: "main", main };
      if (performance.now() > untilMs) {
        throw new WorkbenchError("locked", `Another command, or a workbench that cannot be talked to, has ${home}.`, {
          mend: "Wait until it is done, or end it.",
          cause: error,
        });
      }
    }
    await sleep(looksEveryMs);
  }
}

/**
 * Calls the services of a workbench folder, wherever they are: in the main that is alive, otherwise in this process, which
 * has the folder meanwhile and starts no run.
 *
 * @throws WorkbenchError as the services throw it; `locked`; `interrupted` where the main ends before it answers
 */
export async function withServices<T>(
  home: string,
  use: (services: Services) => Promise<T>,
  onNote: (text: string) => void,
): Promise<T> {
  const reached = await reachWorkbench(home, onNote);
  try {
    if (reached.kind === "main") return await Promise.race([use(reached.main.services), reached.main.lost]);
    const { workbench } = reached;
    return await use(createRouterClient(router, { context: { workbench, purpose: "command" } }));
  } catch (error) {
    throw fromWireError(error);
  } finally {
    if (reached.kind === "main") reached.main.close();
    else await reached.workbench.close("the command is done");
  }
}
