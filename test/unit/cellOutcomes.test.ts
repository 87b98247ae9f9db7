import { expect, test } from "vitest";
import { cellOutcome } from "../../src-main/runner/cellOutcomes.ts";
import { config, event, ingestAll, newRun, toLines, useBench, writeLog } from "./historyFixtures.ts";

const bench = useBench();

/** 25 iterations of 10 images each; an epoch of 100 images is 10 of them. */
function trained(id: string) {
  const history = bench.open();
  const base = config({ iterations: 25 });
  const small = { ...base, training: { ...base.training, batchSize: 10 } };
  history.runs.add(newRun(id, { config: small }));
  const loss = Array.from({ length: 25 }, (_, iteration) => 3 - iteration / 10);
  const accuracy = Array.from({ length: 25 }, (_, iteration) => iteration / 50);
  const progress = event.progress(0, 25, { loss, accuracy });
  writeLog(
    bench.log(id),
    toLines([event.started({ batchSize: 10, trainImages: 100 }), progress, event.evaluated(25), event.finished(25)]),
  );
  ingestAll(history, id, bench.log(id));
  for (const action of ["start", "started", "finished"] as const) history.runs.act(id, action);
  return { history, cell: { config: small, run: history.runs.get(id) }, loss, accuracy };
}

test("the last epoch of the raw values, the last evaluation, every epoch's mean", () => {
  const { history, cell, loss, accuracy } = trained("a");
  const { outcome, ...network } = cellOutcome(history, cell, 100);
  expect(network).toEqual({ family: "residual", depth: 20, shortcut: "none", seed: 1, diverged: false });
  const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  expect(outcome!.loss.mean).toBeCloseTo(mean(loss.slice(15)), 6);
  expect(outcome!.loss.values).toBe(10);
  // Ten equal steps of 0.1: sample variance 0.01 * (100 - 1) / 12 * 10 / 9
  expect(outcome!.loss.standardError).toBeCloseTo(Math.sqrt((0.01 * 99 * 10) / 12 / 9 / 10), 6);
  expect(outcome!.trainingError.mean).toBeCloseTo(1 - mean(accuracy.slice(15)), 6);
  expect(outcome!.testError).toEqual({ mean: 0.125, standardError: Math.sqrt((0.125 * 0.875) / 4), values: 4 });
  expect(outcome!.epochLosses).toHaveLength(3);
  expect(outcome!.epochLosses[0]).toBeCloseTo(mean(loss.slice(0, 10)), 6);
  expect(outcome!.epochLosses[2]).toBeCloseTo(mean(loss.slice(20)), 6);
});

test("a cell without a run, or whose run is not done, has no outcome", () => {
  const { history, cell } = trained("a");
  expect(cellOutcome(history, { ...cell, run: undefined }, 100)).toMatchObject({ outcome: undefined, diverged: false });
  const run = { ...cell.run, status: "diverged" } as typeof cell.run;
  expect(cellOutcome(history, { ...cell, run }, 100)).toMatchObject({ outcome: undefined, diverged: true });
});
