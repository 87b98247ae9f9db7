import { appendFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { RunFolder } from "../../src-main/trainer/runFolder.ts";
import type { Workbench } from "../../src-main/workbench.ts";
import { configOf, simulatedData, type SeededRun } from "./seedHome.ts";
import { trainingLog, type SimulatedData } from "./trainingLog.ts";

export interface Played {
  /** The workbench as its shells are to see it. */
  readonly workbench: Workbench;
  readonly ids: readonly string[];
  /** Beats so far, of all trainers together. */
  readonly beats: () => number;
  stop(): void;
}

export interface Play {
  /** With a `share`, they are so far at the beginning. */
  readonly runs: readonly Omit<SeededRun, "status">[];
  /** Each trainer says `iterations` more, every `everyMs`. */
  readonly everyMs: number;
  readonly iterations: number;
}

/** A trainer of nothing: its log grows, and the history with it. */
interface Playing {
  readonly id: string;
  readonly events: string;
  readonly lines: Iterator<string, undefined>;
  readonly live: { iteration: number; loss: number; accuracy: number };
}

/** A workbench in which trainers seem to work that do not: everything but the training is real. */
export async function playTrainers(workbench: Workbench, { runs, everyMs, iterations }: Play): Promise<Played> {
  const data = await simulatedData(workbench.home);
  const playing = runs.map((run) => begin(workbench, run, data, iterations));
  const active = new Map(playing.map(({ id, live }) => [id, { id, threads: 1, memoryBytes: 1e9, live }]));
  const listeners = new Set<() => void>();
  let beats = 0;
  const timer = setInterval(() => {
    for (const one of playing) {
      beats++;
      const line = one.lines.next();
      if (line.done) continue;
      appendFileSync(one.events, `${line.value}\n`);
      workbench.history.ingest(one.id, one.events);
      const run = workbench.history.runs.get(one.id);
      Object.assign(one.live, { iteration: run.iteration, loss: run.loss ?? NaN, accuracy: 0.5 });
    }
    for (const listener of listeners) listener();
  }, everyMs);
  const queue = new Proxy(workbench.queue, {
    get: (real, name) => {
      if (name === "active") return active;
      const value: unknown = Reflect.get(real, name, real);
      return typeof value === "function" ? (value.bind(real) as unknown) : value;
    },
  });
  const subscribe = (listener: () => void): (() => void) => {
    listeners.add(listener);
    const leave = workbench.subscribe(listener);
    return () => {
      listeners.delete(listener);
      leave();
    };
  };
  return {
    workbench: { ...workbench, queue, subscribe },
    ids: playing.map(({ id }) => id),
    beats: () => beats,
    stop: () => clearInterval(timer),
  };
}

function begin(
  { history, home }: Workbench,
  run: Omit<SeededRun, "status">,
  data: SimulatedData,
  iterationsALine: number,
): Playing {
  const config = configOf({ ...run, status: "finished" });
  const startedMs = Date.now();
  const { id, recipe } = run;
  history.runs.add({
    ...{ id, config, recipe, deviations: [], threads: 1, lanes: 1, codeVersion: "0.1.0", createdMs: startedMs },
  });
  history.runs.act(id, "start");
  history.runs.act(id, "started");
  const { events } = RunFolder.create(path.join(home, "runs", id), {
    ...{ version: 1, config, threads: 1, lanes: 1, recipe, queued: true, createdAt: new Date(startedMs).toISOString() },
  });
  writeFileSync(events, "");
  const course = { until: config.training.iterations, end: undefined, startedMs };
  const log = trainingLog(config, data, course, iterationsALine);
  const lines = log.map((event) => JSON.stringify(event));
  const soFar = Math.floor((run.share ?? 0) * config.training.iterations);
  const live = { iteration: 0, loss: NaN, accuracy: NaN };
  if (soFar > 0) {
    const done: string[] = [];
    for (let count = 0; count * iterationsALine < soFar; count++) done.push(lines.next().value!);
    appendFileSync(events, `${done.join("\n")}\n`);
    while (history.ingest(id, events).more);
    live.iteration = history.runs.get(id).iteration;
  }
  return { id, events, lines, live };
}
