import os from "node:os";

export interface LoadSamples {
  readonly everyMs: number;
  /** Share of all cores, 0 to 1, oldest first. */
  readonly cpu: readonly number[];
  readonly memoryUsedBytes: readonly number[];
}

const everyMs = 5_000;
/** Five minutes. */
const mostSamples = 60;
/** Nobody has looked for so long: it rests until somebody does. */
const restsAfterMs = 600_000;

/** What this machine's processors and memory are busy with, sampled while somebody wants to know. */
class MachineLoad {
  #cpu: number[] = [];
  #memoryUsedBytes: number[] = [];
  #times = cpuTimes();
  #timer: NodeJS.Timeout | undefined;
  #wantedAtMs = 0;

  samples(): LoadSamples {
    this.#wantedAtMs = performance.now();
    if (this.#timer === undefined) {
      this.#times = cpuTimes();
      this.#cpu = [];
      this.#memoryUsedBytes = [];
      this.#timer = setInterval(() => this.#sample(), everyMs).unref();
    }
    return { everyMs, cpu: [...this.#cpu], memoryUsedBytes: [...this.#memoryUsedBytes] };
  }

  #sample(): void {
    if (performance.now() - this.#wantedAtMs > restsAfterMs) {
      clearInterval(this.#timer);
      this.#timer = undefined;
      return;
    }
    const before = this.#times;
    const now = (this.#times = cpuTimes());
    const all = now.all - before.all;
    this.#cpu = [...this.#cpu, all > 0 ? 1 - (now.idle - before.idle) / all : 0].slice(-mostSamples);
    this.#memoryUsedBytes = [...this.#memoryUsedBytes, os.totalmem() - os.freemem()].slice(-mostSamples);
  }
}

/** Milliseconds of all cores together since the machine's start. */
function cpuTimes(): { idle: number; all: number } {
  let idle = 0;
  let all = 0;
  for (const { times } of os.cpus()) {
    idle += times.idle;
    all += times.user + times.nice + times.sys + times.idle + times.irq;
  }
  return { idle, all };
}

/** One for the process: it is of the machine, whatever workbench asks. */
export const machineLoad = new MachineLoad();
