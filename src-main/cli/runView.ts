import cliProgress from "cli-progress";
import type { RunConfig } from "../../src-shared/runConfig.ts";
import type { RunEvent } from "../../src-shared/runEvent.ts";
import { say } from "./output.ts";
import { duration } from "../../src-shared/duration.ts";

/** A run as one watches it: a bar with loss, accuracy, speed and time left; without a terminal a line now and then. */
export interface RunView {
  iteration(iteration: number, loss: number, accuracy: number): void;
  event(event: RunEvent): void;
  stop(): void;
}

const drawEveryMs = 100;
const plainLineEveryMs = 10_000;
/** Weight of the newest value in the running means of loss, accuracy and time. */
const smoothing = 0.05;

export function runView({ training }: RunConfig): RunView {
  const { iterations, batchSize } = training;
  const terminal = process.stderr.isTTY;
  const bar = new cliProgress.SingleBar({
    format:
      "[{bar}] {percentage} %  iteration {value}/{total}  loss {loss}  accuracy {accuracy}  {speed} images/s  {left} left",
    barCompleteChar: "#",
    barIncompleteChar: "-",
    barsize: 24,
    fps: 1000 / drawEveryMs,
    hideCursor: true,
    stream: process.stderr,
    gracefulExit: false,
  });
  let started = false;
  let lastAtMs = 0;
  let lastIteration: number | undefined;
  let saidAtMs = performance.now();
  let loss: number | undefined;
  let accuracy = 0;
  let stepMs: number | undefined;
  const smooth = (old: number | undefined, value: number) =>
    old === undefined ? value : old + smoothing * (value - old);

  return {
    iteration(iteration, newLoss, newAccuracy) {
      const nowMs = performance.now();
      // The first step of a session plans its kernels; it says nothing about the speed.
      if (lastIteration !== undefined && iteration > lastIteration) {
        stepMs = smooth(stepMs, (nowMs - lastAtMs) / (iteration - lastIteration));
      }
      lastIteration = iteration;
      lastAtMs = nowMs;
      accuracy = loss === undefined ? newAccuracy : smooth(accuracy, newAccuracy);
      loss = smooth(loss, newLoss);
      const numbers = {
        loss: loss.toFixed(3),
        accuracy: `${(100 * accuracy).toFixed(1)} %`,
        speed: stepMs === undefined ? "-" : Math.round((1000 * batchSize) / stepMs),
        left: stepMs === undefined ? "-" : duration((iterations - iteration - 1) * stepMs),
      };
      if (terminal) {
        if (!started) bar.start(iterations, iteration, numbers);
        bar.update(iteration + 1, numbers);
      } else if (nowMs - saidAtMs > plainLineEveryMs) {
        saidAtMs = nowMs;
        say(
          `iteration ${iteration + 1}/${iterations}  loss ${numbers.loss}  accuracy ${numbers.accuracy}  ${numbers.speed} images/s  ${numbers.left} left`,
        );
      }
      started = true;
    },
    event(event) {
      switch (event.type) {
        case "evaluated": {
          const validation = event.validationAccuracy;
          clear();
          say(
            `after ${event.iteration} iterations: test accuracy ${(100 * event.testAccuracy).toFixed(2)} %, test loss ${Number(event.testLoss).toFixed(3)}` +
              (validation === undefined ? "" : `, validation accuracy ${(100 * validation).toFixed(2)} %`),
          );
          // Evaluation took its time; the next iteration's would count it.
          lastIteration = undefined;
          return;
        }
        case "resumed":
          say(`Going on from iteration ${event.fromIteration}.`);
          return;
        case "log":
          clear();
          say(event.message);
          return;
        case "started":
        case "progress":
        case "probed":
        case "checkpointed":
        case "finished":
        case "failed":
        case "diverged":
          return;
      }
    },
    stop() {
      if (started && terminal) bar.stop();
      started = false;
    },
  };

  /** Makes room for a line above the bar, which is drawn anew below it. */
  function clear(): void {
    if (terminal && started) process.stderr.write("\r\u001b[K");
  }
}
