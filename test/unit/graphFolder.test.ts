import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { makeGraphFolder } from "../../src-main/trainer/graphFolder.ts";
import { openWorkbench } from "../../src-main/workbench.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), "rwb-graphs-"));
  mkdirSync(path.join(folder, "tmp"));
  vi.stubEnv("TMPDIR", path.join(folder, "tmp"));
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

const source = new URL("../../src-main/trainer/graphFolder.ts", import.meta.url).href;

/** A process that has a graph's folder, as a trainer that loads it. */
async function startLoading(): Promise<{ child: ReturnType<typeof spawn>; name: string }> {
  const script = `import { makeGraphFolder } from ${JSON.stringify(source)};
    process.stdout.write(makeGraphFolder()); setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", script], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [said] = (await once(child.stdout, "data")) as [Buffer];
  return { child, name: path.basename(said.toString()) };
}

it.runIf(process.platform !== "win32")(
  "a main that starts deletes the graphs of dead processes, and nothing else",
  async () => {
    const temporary = path.join(folder, "tmp");
    const own = path.basename(makeGraphFolder());
    const [alive, killed] = await Promise.all([startLoading(), startLoading()]);
    writeFileSync(path.join(temporary, killed.name, "saved_model.pb"), "x");
    const gone = once(killed.child, "exit");
    killed.child.kill("SIGKILL");
    await gone;
    const foreign = ["rwb-graph-abc", "rwb-graph-0123456789ab", `x-${killed.name}`, `${killed.name}.txt`];
    for (const name of foreign) mkdirSync(path.join(temporary, name));
    const workbench = await openWorkbench({ home: path.join(folder, "home") });
    try {
      for (const untilMs = performance.now() + 5_000; performance.now() < untilMs; await sleep(10)) {
        if (!readdirSync(temporary).includes(killed.name)) break;
      }
      expect(readdirSync(temporary).toSorted()).toEqual([own, alive.name, ...foreign].toSorted());
    } finally {
      await workbench.close("the test is over");
      const ended = once(alive.child, "exit");
      alive.child.kill("SIGKILL");
      await ended;
    }
  },
);
