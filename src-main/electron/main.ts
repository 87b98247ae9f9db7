import { createHash } from "node:crypto";
import path from "node:path";
import { parseArgs } from "node:util";
import { app, protocol } from "electron";
import { workbenchHome } from "../home.ts";
import { runDesktop } from "./desktop.ts";
import { windowScheme } from "./windowAddress.ts";

/** The desktop shell: `electron out/main/main.js [--home DIR]`. Nothing here may be awaited: Electron is ready after it. */

const { values } = parseArgs({
  args: process.argv.slice(app.isPackaged ? 1 : 2),
  options: { home: { type: "string" } },
  strict: false,
});
const home = workbenchHome(typeof values.home === "string" ? values.home : undefined);

protocol.registerSchemesAsPrivileged([windowScheme]);
app.enableSandbox();
app.setName("ResNet Workbench");
// Each workbench folder has a profile of its own, and so a "single instance" of its own. Not within the folder: a profile
// is a cache, and no part of what is backed up.
const folderKey = createHash("sha256").update(home).digest("hex").slice(0, 12);
app.setPath("userData", path.join(app.getPath("appData"), "resnet-workbench-window", folderKey));

// The other one shows itself.
if (!app.requestSingleInstanceLock()) app.exit(0);
else void app.whenReady().then(() => runDesktop(home));
