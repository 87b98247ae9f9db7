import { dialog, type BrowserWindow } from "electron";
import type { CloseChoice } from "../../src-shared/contract/index.ts";
import { closingAnswers, closingQuestion, whenClosed, type ClosingState } from "./closing.ts";

export interface ClosingParts {
  readonly state: () => ClosingState;
  readonly remember: (choice: CloseChoice) => void;
  readonly quit: () => void;
}

/** Asks before a window is closed whose queue trains, unless it has been told what to do then. */
export function askBeforeClosing(window: BrowserWindow, { state, remember, quit }: ClosingParts): void {
  let isAsking = false;
  const ask = async (): Promise<void> => {
    const { training, hasTray } = state();
    const answers = closingAnswers(hasTray);
    const { response, checkboxChecked } = await dialog.showMessageBox(window, {
      ...{ type: "question", title: "ResNet Workbench", ...closingQuestion(training), noLink: true },
      ...{ buttons: answers.map(({ label }) => label), defaultId: 0, cancelId: answers.length - 1 },
      ...{ checkboxLabel: "Do the same next time (Set-up changes it)", checkboxChecked: false },
    });
    const { then, choice } = answers[response];
    if (checkboxChecked && choice !== undefined) remember(choice);
    if (then === "hide") window.hide();
    else if (then === "quit") quit();
  };

  window.on("close", (event) => {
    const closing = whenClosed(state());
    if (closing === "close") return;
    event.preventDefault();
    if (closing === "hide") return window.hide();
    if (closing === "quit") return quit();
    if (isAsking) return;
    isAsking = true;
    void ask().finally(() => (isAsking = false));
  });
}
