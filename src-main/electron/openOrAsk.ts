import { dialog } from "electron";
import { WorkbenchError } from "../../src-shared/errors.ts";
import { reachWorkbench } from "../rpc/connect.ts";
import type { Workbench } from "../workbench.ts";

/** Who may have the folder, as a person knows it, by a main's purpose. */
const mainNames: Readonly<Record<string, string>> = {
  queue: "rwb queue run",
  serve: "The workbench in a browser (rwb serve)",
  desktop: "Another window of the workbench",
};

/**
 * The workbench of `home`, for this process alone. Where that cannot be, a dialog says why and offers to try again.
 *
 * @returns undefined where the person gives up
 */
export async function openOrAsk(home: string, onNote: (text: string) => void): Promise<Workbench | undefined> {
  for (;;) {
    const reached = await reachWorkbench(home, onNote).catch((error: unknown) => ({ kind: "error" as const, error }));
    if (reached.kind === "own") return reached.workbench;
    let error: unknown;
    if (reached.kind === "main") {
      reached.main.close();
      error = isWorkedOn(home, reached.main);
    } else error = reached.error;
    const { message, detail } = asTexts(error);
    onNote(`${message} ${detail}`);
    const { response } = await dialog.showMessageBox({
      ...{ type: "warning", title: "ResNet Workbench", message, detail },
      ...{ buttons: ["Try again", "Quit"], defaultId: 0, cancelId: 1, noLink: true },
    });
    if (response !== 0) return undefined;
  }
}

function isWorkedOn(home: string, { purpose, processId }: { purpose: string; processId: number }): WorkbenchError {
  const who = mainNames[purpose] ?? "A command";
  return new WorkbenchError("locked", `${who} works on this folder already.`, {
    mend: `Use that one, or end it first (process ${processId}); its trainers write a checkpoint.\n\n${home}`,
  });
}

function asTexts(error: unknown): { message: string; detail: string } {
  if (error instanceof WorkbenchError) return { message: error.message, detail: error.mend ?? "" };
  return { message: "The workbench cannot be opened.", detail: error instanceof Error ? error.message : String(error) };
}
