import { fileURLToPath } from "node:url";
import { app, protocol, shell, type BrowserWindow } from "electron";
import { z } from "zod";
import { listenLocally } from "../rpc/localServer.ts";
import { onStopSignal } from "../stopSignal.ts";
import type { Workbench } from "../workbench.ts";
import { workWithEngine } from "../workWithEngine.ts";
import { DesktopFile } from "./desktopFile.ts";
import { desktopHost } from "./desktopHost.ts";
import { openMainWindow } from "./mainWindow.ts";
import { setMenu } from "./menu.ts";
import { openOrAsk } from "./openOrAsk.ts";
import { newestReport } from "./newestReport.ts";
import type { News } from "./queueNews.ts";
import { notify, QueueSigns } from "./queueSigns.ts";
import { watchQueue } from "./queueWatch.ts";
import { isStartedAtLogin, startAtLogin } from "./startAtLogin.ts";
import { tellStarter } from "./starter.ts";
import { askWhatToOpen } from "./systemDialogs.ts";
import { openTray } from "./tray.ts";
import { windowScheme } from "./windowAddress.ts";
import { askBeforeClosing } from "./windowClosing.ts";
import { keepWindowAlive } from "./windowCrashes.ts";
import { windowFiles } from "./windowFiles.ts";
import { guardWindows } from "./windowGuards.ts";
import { rememberedPlace, rememberPlace } from "./windowMemory.ts";
import { serveWindowPorts } from "./windowPorts.ts";
import type { WindowRequests } from "./windowRequests.ts";

const rendererFolder = fileURLToPath(new URL("../../out/renderer", import.meta.url));
const endReason = "the workbench's window was closed";
const paperAddress = "https://arxiv.org/abs/1512.03385";

/** What another start of the same folder sends instead of opening a window. */
const secondInstanceSchema = z.object({ paths: z.array(z.string()) });

export interface DesktopStart {
  readonly home: string;
  /** Names the folder's profile. */
  readonly folderKey: string;
  /** Nobody has asked for a window. */
  readonly isHidden: boolean;
  readonly requests: WindowRequests;
  /** Takes up an archive or a folder, by its path. */
  readonly open: (path: string) => void;
  /** What starts the same behind this program's path. */
  readonly loginArguments: readonly string[];
}

/** For whoever watches the terminal that it was started in, if there is one. */
const note = (text: string): void => void process.stderr.write(`${text}\n`);

/** One window on a workbench folder, whose queue is worked meanwhile; until it is closed. */
export async function runDesktop(start: DesktopStart): Promise<void> {
  // A terminal that is closed takes the streams along.
  for (const stream of [process.stdout, process.stderr]) stream.on("error", () => {});
  tellStarter();
  guardWindows();
  protocol.handle(windowScheme.scheme, windowFiles(rendererFolder));
  const workbench = await openOrAsk(start.home, note);
  if (workbench === undefined) return app.exit(1);
  await runOn(workbench, start).catch(async (error: unknown) => {
    note(error instanceof Error ? (error.stack ?? error.message) : String(error));
    await workbench.close("the workbench's window could not be opened");
    app.exit(1);
  });
}

async function runOn(workbench: Workbench, start: DesktopStart): Promise<void> {
  const { home, folderKey, requests, open } = start;
  const { queue } = workbench;
  const openedMs = Date.now();
  const stop = onStopSignal(
    () => app.quit(),
    () => queue.killTrainers(),
  );
  const file = new DesktopFile(app.getPath("userData"), note);
  const stopListening = await listenLocally({ workbench, purpose: "desktop" }, note);
  const isHidden = isStartedAtLogin(start.isHidden);
  const window = openMainWindow(rememberedPlace(file), isHidden);
  const { id } = window.webContents;
  const login = startAtLogin(start.loginArguments, folderKey);
  const desktop = desktopHost({ file, requests, login, window: () => window });
  const isOurs = (contentsId: number): boolean => contentsId === id;
  const stopPorts = serveWindowPorts({ workbench, purpose: "desktop", desktop }, isOurs, note);
  keepWindowAlive(window, note);
  rememberPlace(window, file);

  const show = (): void => showWindow(window);
  const go = (hash: string): void => {
    show();
    requests.ask({ type: "go", hash });
  };
  /** Of an empty queue its report tells more than the table of runs; there is none where it could not be written. */
  const openNews = async (news: News, hash: string): Promise<void> => {
    const report = news.kind === "empty" ? await newestReport(workbench, openedMs) : undefined;
    if (report === undefined) return go(hash);
    await shell.openPath(report);
  };
  const openByDialog = async (what: "archive" | "dataset-folder"): Promise<void> => {
    show();
    const path = await askWhatToOpen(window, what);
    if (path !== undefined) requests.ask({ type: "open", what, path });
  };
  const [pauseQueue, resumeQueue] = [() => queue.pause(), () => queue.resume()];
  setMenu({
    ...{ go, pauseQueue, resumeQueue },
    importRun: () => void openByDialog("archive"),
    addDatasetFolder: () => void openByDialog("dataset-folder"),
    openFolder: () => void shell.openPath(home),
    openPaper: () => void shell.openExternal(paperAddress),
  });
  const tray = openTray({ open: show, pauseQueue, resumeQueue, quit: () => app.quit() }, note);
  // Without a tray nobody could come back to it.
  if (isHidden && tray === undefined) show();
  const signs = new QueueSigns(() => (window.isDestroyed() ? undefined : window));
  const stopWatching = watchQueue(
    workbench,
    {
      onQueue: (now) => {
        signs.show(now);
        tray?.show(now);
      },
      onNews: (news) => {
        if (file.state.notifications) notify(news, (hash) => void openNews(news, hash));
      },
    },
    note,
  );

  app.on("second-instance", (_event, _argv, _folder, sent) => {
    show();
    secondInstanceSchema.safeParse(sent).data?.paths.forEach(open);
  });
  app.on("activate", show);
  app.on("window-all-closed", () => app.quit());

  const quitting = new AbortController();
  askBeforeClosing(window, {
    state: () => ({
      ...{ isQuitting: quitting.signal.aborted, training: queue.active.size },
      ...{ choice: file.state.whenClosed, hasTray: tray !== undefined },
    }),
    remember: (whenClosed) => file.change({ whenClosed }),
    quit: () => app.quit(),
  });
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
      // What ends now are no news.
      stopWatching();
      // Before the sockets: the window and commands may still cancel what writes its last checkpoint.
      await queue.close(endReason);
      stopPorts();
      await stopListening();
      await workbench.close(endReason);
    } catch (error) {
      note((error as Error).message);
      exitCode = 1;
    }
    signs.dispose();
    tray?.dispose();
    stop.dispose();
    app.exit(exitCode);
  };
  await workWithEngine(workbench, quitting.signal, note);
}

function showWindow(window: BrowserWindow): void {
  if (window.isDestroyed()) return;
  if (window.isMinimized()) window.restore();
  window.show();
  window.focus();
}
