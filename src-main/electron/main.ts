import { createHash } from "node:crypto";
import path from "node:path";
import { app, protocol } from "electron";
import { workbenchHome } from "../home.ts";
import { readCommandLine } from "./commandLine.ts";
import { runDesktop } from "./desktop.ts";
import { openedPath } from "./openedPath.ts";
import { windowScheme } from "./windowAddress.ts";
import { WindowRequests } from "./windowRequests.ts";

/**
 * The desktop shell: `electron out/main/main.js [--home DIR] [--hidden] [ARCHIVE | FOLDER ...]`. Nothing here may be
 * awaited: Electron is ready after it.
 */

const ownArguments = app.isPackaged ? 1 : 2;
const { home: named, isHidden, paths } = readCommandLine(process.argv.slice(ownArguments), process.cwd());
const home = workbenchHome(named);

protocol.registerSchemesAsPrivileged([windowScheme]);
app.enableSandbox();
app.setName("ResNet Workbench");
// As installers name it: notifications on Windows are refused without.
app.setAppUserModelId("io.github.resnet-workbench");
// Each workbench folder has a profile of its own, and so a "single instance" of its own. Not within the folder: a profile
// is a cache, and no part of what is backed up.
const folderKey = createHash("sha256").update(home).digest("hex").slice(0, 12);
app.setPath("userData", path.join(app.getPath("appData"), "resnet-workbench-window", folderKey));

const requests = new WindowRequests();
const open = (each: string): void => {
  const request = openedPath(each);
  if (request) requests.ask(request);
};
paths.forEach(open);
// macOS hands files over so, and the first before it is ready.
app.on("open-file", (event, file) => {
  event.preventDefault();
  open(file);
});

// The other one shows itself, and takes up what this one was to.
if (!app.requestSingleInstanceLock({ paths })) app.exit(0);
else {
  const start = {
    ...{ home, folderKey, isHidden, requests, open },
    // What starts the same at login: this program, its main module where it is not packaged, and the folder.
    loginArguments: [...process.argv.slice(1, ownArguments), "--home", home],
  };
  void app.whenReady().then(() => runDesktop(start));
}
