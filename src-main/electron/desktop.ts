import { fileURLToPath } from "node:url";
import { app, protocol } from "electron";
import { listenLocally } from "../rpc/localServer.ts";
import { onStopSignal } from "../stopSignal.ts";
import type { Workbench } from "../workbench.ts";
import { workWithEngine } from "../workWithEngine.ts";
import { openMainWindow } from "./mainWindow.ts";
import { setMenu } from "./menu.ts";
import { openOrAsk } from "./openOrAsk.ts";
import { tellStarter } from "./starter.ts";
import { windowScheme } from "./windowAddress.ts";
import { keepWindowAlive } from "./windowCrashes.ts";
import { windowFiles } from "./windowFiles.ts";
import { guardWindows } from "./windowGuards.ts";
import { serveWindowPorts } from "./windowPorts.ts";

const rendererFolder = fileURLToPath(new URL("../../out/renderer", import.meta.url));
const endReason = "the workbench's window was closed";

/** For whoever watches the terminal that it was started in, if there is one. */
const note = (text: string): void => void process.stderr.write(`${text}\n`);

/** One window on the workbench of `home`, whose queue is worked meanwhile; until it is closed. */
export async function runDesktop(home: string): Promise<void> {
  // A terminal that is closed takes the streams along.
  for (const stream of [process.stdout, process.stderr]) stream.on("error", () => {});
  tellStarter();
  guardWindows();
  protocol.handle(windowScheme.scheme, windowFiles(rendererFolder));
  setMenu();
  const workbench = await openOrAsk(home, note);
  if (workbench === undefined) return app.exit(1);
  await runOn(workbench).catch(async (error: unknown) => {
    note(error instanceof Error ? (error.stack ?? error.message) : String(error));
    await workbench.close("the workbench's window could not be opened");
    app.exit(1);
  });
}

async function runOn(workbench: Workbench): Promise<void> {
  const context = { workbench, purpose: "desktop" } as const;
  const stop = onStopSignal(
    () => app.quit(),
    () => workbench.queue.killTrainers(),
  );
  const stopListening = await listenLocally(context, note);
  const window = openMainWindow();
  const { id } = window.webContents;
  const stopPorts = serveWindowPorts(context, (contentsId) => contentsId === id, note);
  keepWindowAlive(window, note);

  const show = (): void => {
    if (window.isDestroyed()) return;
    if (window.isMinimized()) window.restore();
    window.show();
    window.focus();
  };
  app.on("second-instance", show);
  app.on("activate", show);
  app.on("window-all-closed", () => app.quit());

  const quitting = new AbortController();
  app.on("before-quit", (event) => {
    // Electron would end at once; trainers have a checkpoint to write.
    event.preventDefault();
    if (quitting.signal.aborted) return;
    quitting.abort();
    void end();
  });
  const end = async (): Promise<void> => {
    let exitCode = 0;
    try {
      // Before the sockets: the window and commands may still cancel what writes its last checkpoint.
      await workbench.queue.close(endReason);
      stopPorts();
      await stopListening();
      await workbench.close(endReason);
    } catch (error) {
      note((error as Error).message);
      exitCode = 1;
    }
    stop.dispose();
    app.exit(exitCode);
  };
  await workWithEngine(workbench, quitting.signal, note);
}
