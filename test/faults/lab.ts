import { cpSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import type { RunConfig } from "../../src-shared/runConfig.ts";
import { openDataset } from "../../src-main/dataset/index.ts";
import { openHistory } from "../../src-main/history/index.ts";
import { openWorkbench } from "../../src-main/workbench.ts";
import { factsOf, type Facts } from "./facts.ts";
import { startMain, type MainEnd, type MainProcess } from "./mainProcess.ts";
import { unmount } from "./mounts.ts";
import { signal, trainersOf } from "./processes.ts";
import { brokenPromises, type Expected } from "./promises.ts";

/** Longer than a queue takes on a busy machine (6 ms a step on a quiet one): a queue that takes longer is stuck. */
const stuckAfterMs = (configs: readonly RunConfig[]): number =>
  240_000 + 60 * configs.reduce((sum, { training }) => sum + training.iterations, 0);

/** Where faults strike: folders, queues and mains of one campaign, all below one temporary folder. */
export class Lab {
  readonly folder = mkdtempSync(path.join(os.tmpdir(), "rwb-faults-"));
  readonly #mains = new Set<MainProcess>();
  /** Folders, and how long their queues may take. */
  readonly #homes = new Map<string, number>();
  readonly #references = new Map<string, Promise<Expected>>();
  #datasets: Promise<string> | undefined;
  #closed = false;

  /** A workbench folder in which these runs wait. @param home an empty folder, e.g. a mount; a new one otherwise */
  async queue(configs: readonly RunConfig[], home = mkdtempSync(path.join(this.folder, "home-"))): Promise<string> {
    this.#datasets ??= this.#prepareDatasets();
    cpSync(await this.#datasets, path.join(home, "datasets"), { recursive: true });
    this.#homes.set(home, stuckAfterMs(configs));
    const workbench = await openWorkbench({ home, cores: 2 });
    try {
      await workbench.runs.add(configs.map((config) => ({ config, recipe: "quick", threads: 1 })));
    } finally {
      await workbench.close("the runs are queued");
    }
    return home;
  }

  start(home: string, env?: Readonly<Record<string, string>>): MainProcess {
    if (this.#closed) throw new Error("The campaign was ended.");
    const main = startMain(home, env);
    this.#mains.add(main);
    void main.ended.then(() => this.#mains.delete(main));
    return main;
  }

  /** What these runs come to when nothing happens to them; trained once a campaign. */
  reference(configs: readonly RunConfig[]): Promise<Expected> {
    const key = JSON.stringify(configs);
    const known = this.#references.get(key);
    if (known) return known;
    const made = this.#trainUndisturbed(configs);
    this.#references.set(key, made);
    return made;
  }

  /**
   * Lets a main come to the end of its queue, and says which promises are not kept then.
   * @param exitCode that the main must end with
   */
  async finish(main: MainProcess, expected: Expected, exitCode = 0): Promise<string[]> {
    const limitMs = this.#homes.get(main.home)!;
    const end = await within(main, limitMs);
    if (!end) {
      const tail = main.notes.slice(-5).join(" | ");
      return [`stuck: the queue was not empty after ${limitMs / 1000} s. Last notes: ${tail}`];
    }
    const wrongEnd =
      end.code === exitCode
        ? []
        : [`the main ended with ${end.signal ?? end.code}: ${end.error?.message ?? main.notes.slice(-5).join(" | ")}`];
    return [...wrongEnd, ...brokenPromises(main.home, expected)];
  }

  /** Ends what is still alive and deletes the folder. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const main of this.#mains) {
      main.kill("SIGKILL");
      await main.ended;
    }
    for (const home of this.#homes.keys()) {
      for (const { pid } of trainersOf(home)) signal(pid, "SIGKILL");
      unmount(home);
    }
    rmSync(this.folder, { recursive: true, force: true });
  }

  async #prepareDatasets(): Promise<string> {
    const home = path.join(this.folder, "datasets-home");
    mkdirSync(home);
    await openDataset(home, "shapes");
    return path.join(home, "datasets");
  }

  async #trainUndisturbed(configs: readonly RunConfig[]): Promise<Expected> {
    const home = await this.queue(configs);
    const main = this.start(home);
    const end = await within(main, stuckAfterMs(configs));
    if (end?.code !== 0) throw new Error(`the undisturbed queue: ${end?.error?.message ?? main.notes.join("\n")}`);
    const history = openHistory({ home, readOnly: true });
    try {
      const facts = new Map<number, Facts>(
        history.runs.list().map(({ id, seed }) => [seed, factsOf(history, home, id)]),
      );
      const unnoted = history.runs.list().filter(({ startedMs, endedMs }) => !(startedMs! <= endedMs!));
      const broken = [...brokenPromises(home, facts), ...unnoted.map(({ id }) => `${id} has no start and end`)];
      if (broken.length > 0) throw new Error(`the undisturbed queue: ${broken.join("; ")}`);
      return facts;
    } finally {
      history.close();
    }
  }
}

async function within(main: MainProcess, limitMs: number): Promise<MainEnd | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<undefined>((resolve) => (timer = setTimeout(() => resolve(undefined), limitMs)));
  return Promise.race([main.ended, limit]).finally(() => clearTimeout(timer));
}
