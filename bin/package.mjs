/**
 * `npm run package`: the desktop shell as an installer of this machine's system, into dist/ (docs/desktop.md). ARGS after
 * `--` are electron-builder's: `npm run package -- --dir` leaves a folder instead.
 */
import { endLike } from "./lib/child.mjs";
import { electronProgram, fetchElectron } from "./lib/electron.mjs";
import { projectFolder } from "./lib/node24.mjs";
import { installPackages } from "./lib/packages.mjs";
import { buildWindow } from "./lib/window.mjs";
import { runPackage } from "./lib/workbench.mjs";

async function makeInstaller() {
  const packages = await installPackages();
  if (packages !== 0) return { code: packages, signal: null };
  const built = await buildWindow();
  if (built.code !== 0) return built;
  if (electronProgram(projectFolder) === undefined) {
    const fetched = await fetchElectron(projectFolder);
    if (fetched.interrupted) return fetched;
    if (fetched.why !== undefined) {
      process.stderr.write(
        `No installer can be made: Electron's program is missing (${fetched.why}).\n` +
          "  What goes into one is built (out/). With a network that reaches github.com: npm run package\n",
      );
      return { code: 3, signal: null };
    }
  }
  const args = ["--config", "electron-builder.config.ts", "--publish", "never", ...process.argv.slice(2)];
  const made = await runPackage("electron-builder", "electron-builder", args);
  if (made.code !== 0 && !made.interrupted) {
    process.stderr.write(
      "electron-builder did not come to its end; what it says stands above. Beside Electron it fetches from github.com:\n" +
        "  AppImage's and deb's tools (Linux), NSIS (Windows). For a plain folder without them: npm run package -- --dir\n",
    );
  }
  return made;
}

endLike(await makeInstaller());
