import { app, dialog, type BrowserWindow } from "electron";

const mostCrashes = 3;
const withinMs = 60_000;

/**
 * Loads the window anew when its process has crashed or was killed: runs and queue live in main and know nothing of it.
 * One that crashes again and again is not loaded for ever.
 */
export function keepWindowAlive(window: BrowserWindow, onNote: (text: string) => void): void {
  let crashedAtMs: number[] = [];
  window.webContents.on("render-process-gone", (_, { reason, exitCode }) => {
    if (reason === "clean-exit") return;
    onNote(`The window's process has gone (${reason}, exit code ${exitCode}); trainers are not affected.`);
    const nowMs = performance.now();
    crashedAtMs = [...crashedAtMs.filter((atMs) => nowMs - atMs < withinMs), nowMs];
    if (crashedAtMs.length < mostCrashes) return window.webContents.reload();
    crashedAtMs = [];
    void askWhatNow(window);
  });
}

async function askWhatNow(window: BrowserWindow): Promise<void> {
  const { response } = await dialog.showMessageBox(window, {
    ...{ type: "error", title: "ResNet Workbench", message: "The window has crashed several times within a minute." },
    detail: "Trainers go on. After Quit they write a checkpoint and end; `rwb serve` shows the workbench in a browser.",
    ...{ buttons: ["Load it again", "Quit"], defaultId: 0, cancelId: 0, noLink: true },
  });
  if (response === 0) window.webContents.reload();
  else app.quit();
}
