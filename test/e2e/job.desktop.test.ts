import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { _electron, type ElectronApplication, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { writeCifar10 } from "./cifar10Folder.ts";
import { doTheWholeJob } from "./job.ts";

const root = path.resolve(import.meta.dirname, "..", "..");
const bin = <T>(name: string) => import(pathToFileURL(path.join(root, "bin", "lib", name)).href) as Promise<T>;
const { electronProgram } = await bin<{ electronProgram: (project: string) => string | undefined }>("electron.mjs");
const { displayProblem } = await bin<{ displayProblem: () => string | undefined }>("desktop.mjs");

const program = electronProgram(root);
const why = program === undefined ? "Electron's program is not installed (npm start fetches it)" : displayProblem();
if (why !== undefined) process.stderr.write(`Electron: the job in the desktop shell is SKIPPED: ${why}.\n`);

const answersWithinMs = 15_000;

describe.skipIf(why !== undefined)("the whole job in the desktop shell", () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), "rwb-job-"));
  const source = path.join(folder, "cifar-10-batches-bin");
  const complaints: string[] = [];
  let application: ElectronApplication | undefined;
  beforeAll(() => writeCifar10(source));
  afterAll(async () => {
    await application?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  async function start(): Promise<Page> {
    application = await _electron.launch({
      executablePath: program!,
      args: [path.join(root, "out", "main", "main.js"), "--home", path.join(folder, "home"), "--lang=en"],
    });
    const page = await application.firstWindow();
    page.setDefaultTimeout(answersWithinMs);
    page.on("console", (message) => {
      if (message.type() === "error") complaints.push(message.text());
    });
    page.on("pageerror", (error) => complaints.push(error.stack ?? error.message));
    await page.getByRole("navigation", { name: "Views" }).waitFor();
    return page;
  }

  it("from the first start to matrices that outlive a restart", { timeout: 300_000 }, async () => {
    const restart = async () => {
      await application!.close();
      return start();
    };
    await doTheWholeJob({ page: await start(), restart }, source);
    expect(complaints).toEqual([]);
  });
});
