import { gridConfigs, type Grid } from "../../src-shared/grid.ts";
import type { RunConfig } from "../../src-shared/runConfig.ts";
import type { History, RunRecord } from "../history/index.ts";
import type { Estimates } from "./estimates.ts";
import { forecast, largestScale, type ForecastRun, type RunningForecastRun } from "./forecast.ts";
import { measureStep } from "./measureStep.ts";
import type { Queue } from "./queue.ts";
import type { Resources } from "./scheduler.ts";
import { speedKey } from "./speedKey.ts";
import { sameNetwork, StepTimes, type SpeedSource } from "./stepTimes.ts";

interface PlannerParts {
  readonly history: History;
  readonly queue: Queue;
  readonly resources: Resources;
  readonly estimates: Estimates;
}

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

/** Engine, data set, compilation and the first step, and what an evaluation of 10,000 images and a probe cost in steps. */
const startMs = 6_000;
const evaluationSteps = 30;
const probeSteps = 12;
const calibrationSteps = 6;

/** When runs and the queue will be done, from step times; refined while runs train, since these are measured all the time. */
export class Planner {
  readonly #parts: PlannerParts;

  constructor(parts: PlannerParts) {
    this.#parts = parts;
  }

  /** Of what trains and waits, and of runs that might be added. */
  plan(additional: readonly RunConfig[] = []): Plan {
    const { history, queue, resources, estimates } = this.#parts;
    const stepTimes = new StepTimes(history.speeds.all(), estimates);
    const sources = new Map<string, SpeedSource>();
    const asForecast = (id: string, config: RunConfig, run?: RunRecord): ForecastRun => {
      const done = queue.active.get(id)?.live.iteration ?? run?.iteration ?? 0;
      const remaining = Math.max(0, config.training.iterations - done);
      const step = stepTimes.of(config, run?.lanes);
      sources.set(id, step(run?.threads ?? 1, 1).source);
      const evaluations = Math.ceil(remaining / config.evaluation.everyIterations);
      const probes = config.probe.atIterations.filter((at) => at >= done && at <= config.training.iterations).length;
      const steps = evaluations * evaluationSteps + probes * probeSteps;
      return {
        ...{ id, threads: run?.threads, memoryBytes: estimates.of(config, run?.lanes ?? 1).memoryBytes },
        remainingIterations: remaining,
        overheadMs: startMs + steps * step(run?.threads ?? 1, resources.cores).ms,
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
}
