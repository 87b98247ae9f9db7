import { gridConfigs, type Grid } from "../../src-shared/grid.ts";
import type { RunConfig } from "../../src-shared/runConfig.ts";
import { largestDivisor } from "../compiler/program.ts";
import type { History, RunRecord, SpeedKey, SpeedRecord } from "../history/index.ts";
import type { Estimates } from "./estimates.ts";
import { forecast, largestScale, type ForecastRun, type RunningForecastRun } from "./forecast.ts";
import { measureStep } from "./measureStep.ts";
import type { Queue } from "./queue.ts";
import type { Resources } from "./scheduler.ts";
import { speedKey } from "./speedKey.ts";

interface PlannerParts {
  readonly history: History;
  readonly queue: Queue;
  readonly resources: Resources;
  readonly estimates: Estimates;
}

/** Where a step's time comes from, the best first. */
export type SpeedSource = "measured" | "scaled" | "estimated";

export interface PlannedRun {
  readonly id: string;
  /** Milliseconds from now; undefined for a run that can never fit. */
  readonly startMs: number | undefined;
  readonly endMs: number | undefined;
  readonly threads: number | undefined;
  readonly speed: SpeedSource;
}

export interface Plan {
  readonly runs: readonly PlannedRun[];
  readonly queueEndMs: number;
}

/** Engine, data set, compilation and the first step, and what an evaluation of 10,000 images costs in steps. */
const startMs = 6_000;
const evaluationSteps = 30;
const calibrationSteps = 6;

/**
 * When runs and the queue will be done, from measured step times: of the same network, batch, precision and lanes beside
 * as many trainers; else of the same beside others; else of the nearest, scaled by multiply-adds; else an estimate.
 * Refined while runs train, since their speeds are measured all the time.
 */
export class Planner {
  readonly #parts: PlannerParts;

  constructor(parts: PlannerParts) {
    this.#parts = parts;
  }

  /** Of what trains and waits, and of runs that might be added. */
  plan(additional: readonly RunConfig[] = []): Plan {
    const { history, queue, resources } = this.#parts;
    const speeds = history.speeds.all();
    const sources = new Map<string, SpeedSource>();
    const asForecast = (id: string, config: RunConfig, run?: RunRecord): ForecastRun => {
      const done = queue.active.get(id)?.live.iteration ?? run?.iteration ?? 0;
      const remaining = Math.max(0, config.training.iterations - done);
      const step = this.#stepMs(config, speeds, run?.lanes);
      sources.set(id, step(run?.threads ?? 1, 1).source);
      const evaluations = Math.ceil(remaining / config.evaluation.everyIterations);
      const evaluationMs = evaluations * evaluationSteps * step(run?.threads ?? 1, resources.cores).ms;
      return {
        ...{ id, threads: run?.threads, memoryBytes: this.#parts.estimates.of(config, run?.lanes ?? 1).memoryBytes },
        remainingIterations: remaining,
        overheadMs: startMs + evaluationMs,
        stepMs: (threads, concurrent) => step(threads, concurrent).ms,
      };
    };
    const running = [...queue.active.values()].map(({ id, threads }): RunningForecastRun => {
      const run = history.runs.get(id);
      return { ...asForecast(id, run.config, run), threads, overheadMs: 0 };
    });
    const waiting = [
      ...history.runs.waiting().filter(({ id }) => !queue.active.has(id)).map((run) => asForecast(run.id, run.config, run)),
      ...additional.map((config, index) => asForecast(`new-${index + 1}`, config)),
    ]; // prettier-ignore
    const { ends, queueEndMs } = forecast(running, waiting, resources);
    const runs = [...running, ...waiting].map(({ id }): PlannedRun => {
      const end = ends.get(id);
      return { id, startMs: end?.startMs, endMs: end?.endMs, threads: end?.threads, speed: sources.get(id)! };
    });
    return { runs, queueEndMs };
  }

  /** The largest scale with which the queue and then the grid end within `withinMs`. */
  largestScale(grid: Omit<Grid, "scale">, withinMs: number): number | undefined {
    return largestScale(withinMs, (scale) => this.plan(gridConfigs({ ...grid, scale })).queueEndMs);
  }

  /**
   * Times a few steps of each network that waits (or is in `additional`) and was never measured, one thread each: some
   * seconds a network. Not while trainers work: they would disturb each other.
   */
  async calibrate(additional: readonly RunConfig[], onNote: (text: string) => void): Promise<void> {
    const { history, queue } = this.#parts;
    if (queue.active.size > 0) return;
    const waiting = history.runs.waiting().map(({ config }) => config);
    for (const config of [...waiting, ...additional]) {
      const key = speedKey(config, 1, 1);
      if (history.speeds.all().some((speed) => sameNetwork(speed, key))) continue;
      const { network, training, augmentation, precision } = config;
      onNote(`Timing ${calibrationSteps} steps of ${network.family}-${network.depth} (${precision}) ...`);
      const options = { network, training, augmentation, precision, lanes: 1, steps: calibrationSteps };
      const { wholeRunImagesPerSecond } = await measureStep(options);
      history.speeds.record(key, (1000 * training.batchSize) / wholeRunImagesPerSecond);
    }
  }

  #stepMs(config: RunConfig, speeds: readonly SpeedRecord[], lanes: number | undefined) {
    return (threads: number, concurrent: number): { ms: number; source: SpeedSource } => {
      const key = speedKey(config, lanes ?? largestDivisor(config.training.batchSize, threads), concurrent);
      const same = speeds.filter((speed) => sameNetwork(speed, key));
      const exact = same.find((speed) => speed.lanes === key.lanes && speed.concurrent === key.concurrent);
      if (exact) return { ms: exact.stepMs, source: "measured" };
      const sameLanes = nearest(same.filter((speed) => speed.lanes === key.lanes), (speed) => Math.abs(speed.concurrent - concurrent)); // prettier-ignore
      if (sameLanes) return { ms: sameLanes.stepMs, source: "measured" };
      const workOf = (from: Pick<SpeedKey, "family" | "depth" | "width" | "shortcut" | "batchSize" | "precision" | "lanes">) =>
        this.#work(config, from); // prettier-ignore
      const candidates = same.length > 0 ? same : speeds.filter((speed) => speed.precision === key.precision);
      const near = nearest(candidates, (speed) => Math.abs(Math.log(workOf(speed) / workOf(key))));
      if (near)
        return { ms: near.stepMs * (workOf(key) / workOf(near)), source: same.length > 0 ? "measured" : "scaled" };
      return { ms: workOf(key), source: "estimated" };
    };
  }

  /** Estimated milliseconds a step of `key`'s network: good for ratios. */
  #work(config: RunConfig, key: Omit<SpeedKey, "concurrent" | "device">): number {
    const { family, depth, width, shortcut, batchSize, precision, lanes } = key;
    const network = { ...config.network, family, depth, width, shortcut } as RunConfig["network"];
    const training = { ...config.training, batchSize, iterations: 1 };
    return this.#parts.estimates.of(
      { ...config, network, training, precision: precision as RunConfig["precision"] },
      lanes,
    ).trainingMs;
  }
}

const sameNetwork = (a: Omit<SpeedKey, "lanes" | "concurrent">, b: Omit<SpeedKey, "lanes" | "concurrent">): boolean =>
  (["family", "depth", "width", "shortcut", "batchSize", "precision", "device"] as const).every(
    (key) => a[key] === b[key],
  );

function nearest<T>(items: readonly T[], distance: (item: T) => number): T | undefined {
  return items.toSorted((a, b) => distance(a) - distance(b))[0];
}
