import { appendFileSync } from "node:fs";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { History } from "../../src-main/history/index.ts";
import type { RunEvent } from "../../src-shared/runEvent.ts";
import { config, event, ingestAll, newRun, startMs, toLines, useBench, writeLog } from "./historyFixtures.ts";

const bench = useBench();
const iterations = 3_000;

/** What a trainer, or damage, may do next; numbers are shares of what is possible then. */
const share = fc.integer({ min: 0, max: 1_000 }).map((thousandths) => thousandths / 1_000);
const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant("progress" as const), share }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("resumed" as const), share }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constantFrom(
        ...(["evaluated", "probed", "checkpointed", "log", "finished", "diverged", "failed"] as const),
        ...(["garbage", "gap", "again"] as const),
      ),
      share,
    }),
  },
);

/** The lines that these steps write. */
function script(steps: readonly { do: string; share: number }[]): string {
  let at = 0;
  const lines = [toLines([event.started({ iterations })])];
  const progress = (from: number, share: number) => {
    const to = Math.min(iterations, from + 1 + Math.floor(share ** 3 * 1_500));
    if (from < to)
      lines.push(toLines([event.progress(from, to, { elapsedMs: 1 + lines.length, imagesPerSecond: to })]));
    at = Math.max(from, to);
  };
  for (const { do: what, share } of steps) {
    switch (what) {
      case "progress":
        progress(at, share);
        break;
      case "gap":
        progress(Math.min(iterations, at + 1 + Math.floor(share * 50)), share);
        break;
      case "again":
        progress(Math.floor(at * share), share);
        break;
      case "resumed":
        at = Math.floor(at * share);
        lines.push(toLines([event.resumed(at)]));
        break;
      case "evaluated":
        lines.push(toLines([event.evaluated(at, { testLoss: share, testAccuracy: 1 - share })]));
        break;
      case "garbage":
        lines.push(`{"type": ${share}\n`);
        break;
      case "log":
        lines.push(toLines([event.log(`note ${share}`)]));
        break;
      default:
        lines.push(toLines([event[what as "probed" | "checkpointed" | "finished" | "diverged" | "failed"](at)]));
    }
  }
  return lines.join("");
}

/** The same in plain words: what a reader of the whole log makes of it. */
function model(log: string) {
  const values = new Map<number, { loss: number; stepMs: number }>();
  let evaluations: RunEvent[] = [];
  let probes: number[] = [];
  let checkpoints: number[] = [];
  let end: string | undefined;
  let iteration = 0;
  let imagesPerSecond: number | undefined;
  let unreadable = 0;
  const dropFrom = (from: number) => {
    for (const known of [...values.keys()]) if (known >= from) values.delete(known);
  };
  const unique = (list: number[]) => [...new Set(list)].sort((a, b) => a - b);
  const lines = log.split("\n").slice(0, -1);
  for (const line of lines) {
    let entry: RunEvent;
    try {
      entry = JSON.parse(line) as RunEvent;
    } catch {
      unreadable++;
      continue;
    }
    switch (entry.type) {
      case "progress": {
        const { fromIteration: from, loss, elapsedMs } = entry;
        dropFrom(from);
        loss.forEach((value, i) => values.set(from + i, { loss: Number(value), stepMs: elapsedMs / loss.length }));
        iteration = from + loss.length;
        imagesPerSecond = entry.imagesPerSecond;
        break;
      }
      case "resumed": {
        const { fromIteration: from } = entry;
        dropFrom(from);
        evaluations = evaluations.filter((known) => "iteration" in known && known.iteration <= from);
        probes = probes.filter((known) => known < from);
        checkpoints = checkpoints.filter((known) => known <= from);
        end = undefined;
        iteration = from;
        break;
      }
      case "evaluated": {
        const { iteration: at } = entry;
        evaluations = evaluations.filter((known) => "iteration" in known && known.iteration !== at);
        evaluations.push(entry);
        iteration = Math.max(iteration, at);
        break;
      }
      case "probed":
        probes = unique([...probes, entry.iteration]);
        break;
      case "checkpointed":
        checkpoints = unique([...checkpoints, entry.iteration]);
        iteration = Math.max(iteration, entry.iteration);
        break;
      case "finished":
        iteration = Math.max(iteration, entry.iteration);
        end = entry.type;
        break;
      case "diverged":
      case "failed":
        end = entry.type;
        break;
      case "started":
      case "log":
    }
  }
  const accuracies = evaluations
    .flatMap((known) => (known.type === "evaluated" ? [{ at: known.iteration, accuracy: known.testAccuracy }] : []))
    .sort((a, b) => a.at - b.at);
  const known = [...values].sort(([a], [b]) => a - b);
  return {
    series: known.map(([at, { loss, stepMs }]) => `${at}: ${Math.fround(loss)} ${Math.fround(stepMs)}`).join("\n"),
    evaluations: accuracies,
    probes,
    checkpoints,
    end,
    row: {
      iteration,
      imagesPerSecond,
      loss: known.length > 0 ? Math.fround(known.at(-1)![1].loss) : undefined,
      checkpointIteration: checkpoints.at(-1),
      testAccuracy: accuracies.at(-1)?.accuracy,
      bestTestAccuracy: accuracies.length > 0 ? Math.max(...accuracies.map(({ accuracy }) => accuracy)) : undefined,
    },
    log: { lines: lines.length, unreadable },
  };
}

/** What the history says, in the model's words. */
function told(history: History, id: string): ReturnType<typeof model> {
  const { series, run, probes, checkpoints } = history.dump(id);
  const { iteration, imagesPerSecond, loss, checkpointIteration, testAccuracy, bestTestAccuracy } = run;
  const { lines, unreadable } = history.logState(id);
  return {
    series: series
      .flatMap(({ from, columns }) =>
        Array.from(columns.loss, (loss, i) => `${from + i}: ${loss} ${columns.stepMs[i]}`),
      )
      .join("\n"),
    evaluations: history.evaluations.of(id).map((known) => ({ at: known.iteration, accuracy: known.testAccuracy })),
    probes: probes.map((known) => known.iteration),
    checkpoints: checkpoints.map((known) => known.iteration),
    end: history.endInLog(id),
    row: { iteration, imagesPerSecond, loss, checkpointIteration, testAccuracy, bestTestAccuracy },
    log: { lines, unreadable },
  };
}

const cut = fc.record({
  share,
  maxBytes: fc.constantFrom(1, 500, 5_000, 1 << 20),
  reopens: fc.boolean(),
});

test("whatever is in a log, however it grows, and whoever dies between two transactions", () => {
  let count = 0;
  let history = bench.open({ now: () => startMs });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), fc.array(cut, { maxLength: 6 }), (steps, cuts) => {
      const id = `run-${count++}`;
      history.runs.add(newRun(id, { config: config({ iterations }) }));
      const log = Buffer.from(script(steps));
      const ends = cuts.map(({ share }) => Math.floor(share * log.length)).sort((a, b) => a - b);
      let written = 0;
      writeLog(bench.log(id), "");
      cuts.forEach(({ maxBytes, reopens }, i) => {
        appendFileSync(bench.log(id), log.subarray(written, ends[i]));
        written = ends[i];
        history.ingest(id, bench.log(id), { maxBytes });
        if (!reopens) return;
        history.close();
        history = bench.open({ now: () => startMs });
      });
      appendFileSync(bench.log(id), log.subarray(written));
      ingestAll(history, id, bench.log(id));
      expect(told(history, id)).toEqual(model(log.toString()));
    }),
    { numRuns: 100 },
  );
});
