import { spawn } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import packageJson from "../../package.json" with { type: "json" };

const root = path.resolve(import.meta.dirname, "..", "..");
const onUnix = process.platform !== "win32";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), "rwb-bin-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

interface Ended {
  code: number | null;
  signal: NodeJS.Signals | null;
  output: string;
}

/** Starts a script on this Node as the leader of its own process group, as a shell does with a command line. */
function start(script: string, args: string[] = [], env: NodeJS.ProcessEnv = {}) {
  const child = spawn(process.execPath, [script, ...args], {
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, ...env },
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => (output += chunk.toString()));
  const ended = new Promise<Ended>((resolve) => {
    child.once("close", (code, signal) => resolve({ code, signal, output }));
  });
  const says = async (text: string): Promise<void> => {
    for (let waitedMs = 0; !output.includes(text); waitedMs += 20) {
      if (waitedMs > 10_000) throw new Error(`it never said ${text}, but: ${output}`);
      await sleep(20);
    }
  };
  return { pid: child.pid!, ended, says };
}

describe("bin/rwb.mjs", () => {
  test("without node_modules exits 3 and names the command that installs", async () => {
    cpSync(path.join(root, "bin"), path.join(folder, "bin"), { recursive: true });
    const { code, output } = await start(path.join(folder, "bin", "rwb.mjs"), ["train"]).ended;
    expect(code).toBe(3);
    expect(output).toContain("npm ci && npx --no-install rwb setup");
  });

  test("passes arguments, standard output and the exit code on", async () => {
    const rwb = path.join(root, "bin", "rwb.mjs");
    const version = await start(rwb, ["--version"]).ended;
    expect(version).toMatchObject({ code: 0, output: `${packageJson.version}\n` });
    expect((await start(rwb, ["setup", "--device", "toaster"]).ended).code).toBe(2);
  });
});

describe.runIf(onUnix)("a program behind a wrapper", () => {
  /** A wrapper as bin/ has them, and a program that counts signals and ends 500 ms after the first. */
  function wrapped(program: string) {
    const child = pathToFileURL(path.join(root, "bin", "lib", "child.mjs")).href;
    const signals = pathToFileURL(path.join(root, "bin", "lib", "signals.mjs")).href;
    writeFileSync(path.join(folder, "program.mjs"), program);
    writeFileSync(
      path.join(folder, "wrapper.mjs"),
      `import { endLike, runInForeground } from ${JSON.stringify(child)};
       endLike(await runInForeground(process.execPath, ["--import", ${JSON.stringify(signals)}, ${JSON.stringify(path.join(folder, "program.mjs"))}]));`,
    );
    return start(path.join(folder, "wrapper.mjs"));
  }
  const counting = (how: "on" | "once"): string => `
    let count = 0;
    for (const name of ["SIGINT", "SIGTERM"]) process.${how}(name, () => { if (count++ === 0) setTimeout(() => { console.log("counted", count); process.exit(7); }, 300); });
    console.log("ready", process.pid); setInterval(() => {}, 1000);`;

  test.each([
    ["on", "SIGINT"],
    ["once", "SIGINT"],
    ["on", "SIGTERM"],
  ] as const)("that listens with %s gets the group's %s once, and its exit code counts", async (how, signal) => {
    const { pid, ended, says } = wrapped(counting(how));
    await says("ready");
    process.kill(-pid, signal);
    const { code, output } = await ended;
    expect(output).toContain("counted 1");
    expect(code).toBe(7);
  });

  test("gets a signal that was sent to the wrapper alone", async () => {
    const { pid, ended, says } = wrapped(counting("on"));
    await says("ready");
    process.kill(pid, "SIGTERM");
    expect(await ended).toMatchObject({ code: 7 });
  });

  test("ends by itself when the wrapper is killed", async () => {
    const { pid, ended, says } = wrapped(counting("on"));
    await says("ready");
    process.kill(pid, "SIGKILL");
    // its output closes when the last process that holds it has ended
    const startedMs = performance.now();
    expect((await ended).output).toContain("counted 1");
    expect(performance.now() - startedMs).toBeLessThan(4000);
  });

  test("that a signal ended ends the wrapper alike", async () => {
    expect(await wrapped(`process.kill(process.pid, "SIGTERM"); setInterval(() => {}, 1000)`).ended).toMatchObject({
      signal: "SIGTERM",
    });
  });
});

describe("whether the packages are whole", () => {
  const load = async () =>
    (await import(pathToFileURL(path.join(root, "bin", "lib", "packages.mjs")).href)) as {
      packagesProblem: (project: string) => string | undefined;
    };
  const lock = {
    packages: {
      "": {},
      "node_modules/a": { version: "1.0.0" },
      "node_modules/b": { version: "2.0.0", optional: true },
    },
  };
  const write = (file: string, value: unknown): void => {
    mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
    writeFileSync(path.join(folder, file), JSON.stringify(value));
  };

  test("is told by npm's own record, the lock file and the folders", async () => {
    const { packagesProblem } = await load();
    write("package-lock.json", lock);
    expect(packagesProblem(folder)).toBe("there are none yet");
    write("node_modules/a/package.json", {});
    expect(packagesProblem(folder)).toBe("an earlier installation was not finished");
    write("node_modules/.package-lock.json", { packages: { "node_modules/a": { version: "0.9.0" } } });
    expect(packagesProblem(folder)).toBe("node_modules/a 1.0.0 is not among them");
    write("node_modules/.package-lock.json", lock);
    expect(packagesProblem(folder)).toMatch(/^Node 24 for|^undefined$/);
    rmSync(path.join(folder, "node_modules/a"), { recursive: true });
    expect(packagesProblem(folder)).toBe("node_modules/a has gone");
  });
});

describe("the last line of npm test", () => {
  test("counts tests, and files that could not be loaded as failed", async () => {
    const { countTests, summaryLine } = (await import(
      pathToFileURL(path.join(root, "bin", "lib", "tests.mjs")).href
    )) as {
      countTests: (report: unknown) => { passed: number; failed: number; skipped: number };
      summaryLine: (counts: unknown) => string;
    };
    const counts = countTests({
      ...{ numPassedTests: 5, numFailedTests: 1, numPendingTests: 2, numTodoTests: 1 },
      testResults: [
        { status: "failed", assertionResults: [] },
        { status: "failed", assertionResults: [{}] },
      ],
    });
    expect(summaryLine(counts)).toBe("5 passed, 2 failed, 3 skipped");
    expect(summaryLine({ passed: 1, failed: 0, skipped: 0 })).toBe("1 passed, 0 failed");
  });
});
