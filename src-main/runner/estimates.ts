import { WorkbenchError } from "../../src-shared/errors.ts";
import type { RunConfig } from "../../src-shared/runConfig.ts";
import { openDataset } from "../dataset/index.ts";
import { estimateDisk, estimateRun, type Estimate } from "../trainer/estimate.ts";
import { stepWords } from "./speedKey.ts";

interface Size {
  readonly images: number;
  readonly trainImages: number;
  readonly classes: number;
}

/** CIFAR's, for a data set that is not here. */
const unknownSize: Size = { images: 60_000, trainImages: 50_000, classes: 10 };
const mostRemembered = 10_000;

/** What runs will need, said beforehand; the size of a data set is looked up once. */
export class Estimates {
  readonly #home: string;
  readonly #sizes = new Map<string, Size>();
  /** Of one step, by all that it depends on: each walks the whole network, and thousands of runs share few. */
  readonly #known = new Map<string, Estimate>();

  constructor(home: string) {
    this.#home = home;
  }

  /** Looks up the data sets of new runs. @throws WorkbenchError `dataset-missing` */
  async require(datasets: readonly string[]): Promise<void> {
    for (const name of new Set(datasets)) {
      if (this.#sizes.has(name)) continue;
      const { trainImages, testImages, classes } = await openDataset(this.#home, name);
      this.#sizes.set(name, { images: trainImages + testImages, trainImages, classes: classes.length });
      this.#known.clear();
    }
  }

  /** Looks up those that are there: a run of the past may name one that is gone. */
  async lookUp(datasets: readonly string[]): Promise<void> {
    for (const name of new Set(datasets)) {
      await this.require([name]).catch((error: unknown) => {
        if (!(error instanceof WorkbenchError)) throw error;
      });
    }
  }

  of(config: RunConfig, lanes: number): Estimate {
    const estimate = this.#ofStep(config, lanes);
    return { ...estimate, trainingMs: estimate.trainingMs * config.training.iterations };
  }

  /** Bytes that the whole run leaves. */
  diskBytes(config: RunConfig): number {
    const { images, trainImages } = this.#sizes.get(config.dataset) ?? unknownSize;
    const { checkpointBytes } = this.#ofStep(config, 1);
    return estimateDisk(config, { checkpointBytes, testImages: images - trainImages });
  }

  #ofStep(config: RunConfig, lanes: number): Estimate {
    const key = `${lanes} ${config.probe.atIterations.length > 0} ${stepWords(config)}`;
    const before = this.#known.get(key);
    if (before) return before;
    const step = { ...config, training: { ...config.training, iterations: 1 } };
    const estimate = estimateRun(step, { ...(this.#sizes.get(config.dataset) ?? unknownSize), lanes });
    if (this.#known.size >= mostRemembered) this.#known.clear();
    this.#known.set(key, estimate);
    return estimate;
  }
}
