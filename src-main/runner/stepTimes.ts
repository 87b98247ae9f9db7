import type { RunConfig } from "../../src-shared/runConfig.ts";
import { largestDivisor } from "../compiler/program.ts";
import type { SpeedKey, SpeedRecord } from "../history/index.ts";
import type { Estimates } from "./estimates.ts";
import { speedKey, stepWords } from "./speedKey.ts";

/** Where a step's time comes from, the best first. */
export type SpeedSource = "measured" | "scaled" | "estimated";

export interface StepTime {
  readonly ms: number;
  readonly source: SpeedSource;
}

/** Milliseconds a step of one network, with so many threads while so many trainers work. */
export type StepTimeOf = (threads: number, concurrent: number) => StepTime;

/**
 * Step times as they are known at one moment: of the same network, batch, precision and lanes beside as many trainers;
 * else of the same beside others; else of the nearest, scaled by multiply-adds; else an estimate. Thousands of runs share
 * few networks, so each is worked out once.
 */
export class StepTimes {
  readonly #speeds: readonly SpeedRecord[];
  readonly #estimates: Estimates;
  readonly #byNetwork = new Map<string, StepTimeOf>();

  constructor(speeds: readonly SpeedRecord[], estimates: Estimates) {
    this.#speeds = speeds;
    this.#estimates = estimates;
  }

  /** @param lanes where they are fixed; otherwise those that the threads give */
  of(config: RunConfig, lanes: number | undefined): StepTimeOf {
    const network = `${lanes} ${stepWords(config)}`;
    const before = this.#byNetwork.get(network);
    if (before) return before;
    const known = new Map<string, StepTime>();
    const stepTime: StepTimeOf = (threads, concurrent) => {
      const company = `${threads} ${concurrent}`;
      let time = known.get(company);
      if (!time) {
        const ownLanes = lanes ?? largestDivisor(config.training.batchSize, threads);
        known.set(company, (time = this.#find(config, speedKey(config, ownLanes, concurrent))));
      }
      return time;
    };
    this.#byNetwork.set(network, stepTime);
    return stepTime;
  }

  #find(config: RunConfig, key: SpeedKey): StepTime {
    const same = this.#speeds.filter((speed) => sameNetwork(speed, key));
    const exact = same.find((speed) => speed.lanes === key.lanes && speed.concurrent === key.concurrent);
    if (exact) return { ms: exact.stepMs, source: "measured" };
    const sameLanes = nearest(
      same.filter((speed) => speed.lanes === key.lanes),
      (speed) => Math.abs(speed.concurrent - key.concurrent),
    );
    if (sameLanes) return { ms: sameLanes.stepMs, source: "measured" };
    const workMs = (from: SpeedKey) => this.#estimates.of(asNetwork(config, from), from.lanes).trainingMs;
    const ownMs = workMs(key);
    const candidates = same.length > 0 ? same : this.#speeds.filter((speed) => speed.precision === key.precision);
    const near = nearest(candidates, (speed) => Math.abs(Math.log(workMs(speed) / ownMs)));
    if (near) return { ms: near.stepMs * (ownMs / workMs(near)), source: same.length > 0 ? "measured" : "scaled" };
    return { ms: ownMs, source: "estimated" };
  }
}

type NetworkKey = Omit<SpeedKey, "lanes" | "concurrent">;

export const sameNetwork = (a: NetworkKey, b: NetworkKey): boolean =>
  (["family", "depth", "width", "shortcut", "batchSize", "precision", "device"] as const).every(
    (key) => a[key] === b[key],
  );

/** One step of the configuration with another network, batch and precision. */
function asNetwork(config: RunConfig, { family, depth, width, shortcut, batchSize, precision }: SpeedKey): RunConfig {
  return {
    ...config,
    network: { ...config.network, family, depth, width, shortcut } as RunConfig["network"],
    training: { ...config.training, batchSize, iterations: 1 },
    precision: precision as RunConfig["precision"],
  };
}

function nearest<T>(items: readonly T[], distance: (item: T) => number): T | undefined {
  let best: { item: T; distance: number } | undefined;
  for (const item of items) {
    const far = distance(item);
    if (!best || far < best.distance) best = { item, distance: far };
  }
  return best?.item;
}
