import cliProgress, { type SingleBar } from "cli-progress";
import type { ActiveRun } from "../runner/activeRun.ts";
import type { Workbench } from "../workbench.ts";
import { clockTime } from "./clock.ts";
import { say } from "./output.ts";
import { duration } from "../../src-shared/duration.ts";

/** The queue as one watches it: a bar a run and a line on the rest; without a terminal plain lines now and then. */
export interface QueueView {
  /** A line that stays. */
  note(text: string): void;
  stop(): void;
}

const drawEveryMs = 500;
const plainLineEveryMs = 10_000;
/** A forecast of a long queue takes a while. */
const forecastEveryMs = 5_000;

export function queueView(workbench: Workbench): QueueView {
  return process.stderr.isTTY ? barsView(workbench) : linesView(workbench);
}

function linesView(workbench: Workbench): QueueView {
  const status = statusLine(workbench);
  const timer = setInterval(() => {
    for (const run of workbench.queue.active.values()) {
      const { iteration, iterations, loss, speed, left } = numbersOf(workbench, run);
      say(`${run.id}: iteration ${iteration}/${iterations}  loss ${loss}  ${speed} images/s  ${left} left`);
    }
    say(status());
  }, plainLineEveryMs);
  timer.unref();
  return { note: say, stop: () => clearInterval(timer) };
}

function barsView(workbench: Workbench): QueueView {
  const { queue } = workbench;
  const multi = new cliProgress.MultiBar({
    format: "{id} [{bar}] {percentage} %  {value}/{total}  loss {loss}  {speed} images/s  {left} left",
    barCompleteChar: "#",
    barIncompleteChar: "-",
    barsize: 20,
    hideCursor: true,
    stream: process.stderr,
    gracefulExit: false,
    emptyOnZero: true,
    clearOnComplete: true,
  });
  const status = statusLine(workbench);
  // Its own format: cli-progress takes it as options of a bar.
  const statusBar = multi.create(1, 0, { text: status() }, { format: "{text}" });
  const bars = new Map<string, SingleBar>();
  const draw = (): void => {
    for (const [id, bar] of bars) {
      if (queue.active.has(id)) continue;
      multi.remove(bar);
      bars.delete(id);
    }
    for (const run of queue.active.values()) {
      const { iteration, iterations, ...numbers } = numbersOf(workbench, run);
      const bar = bars.get(run.id) ?? multi.create(iterations, iteration, { id: run.id, ...numbers });
      bars.set(run.id, bar);
      bar.update(iteration, { id: run.id, ...numbers });
    }
    statusBar.update(0, { text: status() });
  };
  draw();
  const timer = setInterval(draw, drawEveryMs);
  return {
    note: (text) => multi.log(`${text}\u001b[K\n`),
    stop: () => {
      clearInterval(timer);
      draw();
      multi.stop();
    },
  };
}

function numbersOf({ history }: Workbench, { id, live }: ActiveRun) {
  const run = history.runs.get(id);
  const { imagesPerSecond, iterations } = run;
  const { iteration, loss } = live;
  const batchSize = run.config.training.batchSize;
  return {
    iteration,
    iterations,
    loss: Number.isNaN(loss) ? "-" : loss.toFixed(3),
    speed: imagesPerSecond === undefined ? "-" : String(Math.round(imagesPerSecond)),
    left: imagesPerSecond ? duration((1000 * batchSize * (iterations - iteration)) / imagesPerSecond) : "-",
  };
}

/** "3 wait, done at 06:40". */
function statusLine({ history, queue, planner }: Workbench): () => string {
  let forecastAtMs = -Infinity;
  let queueEndMs = 0;
  return () => {
    const waiting = history.runs.waiting().filter(({ id }) => !queue.active.has(id)).length;
    if (performance.now() - forecastAtMs > forecastEveryMs) {
      forecastAtMs = performance.now();
      queueEndMs = Date.now() + planner.plan().queueEndMs;
    }
    const paused = queue.paused ? "; the queue is paused, nothing more starts" : "";
    return `${queue.active.size} in training, ${waiting} waiting, all done about ${clockTime(queueEndMs, Date.now())}${paused}`;
  };
}
