import { describe, expect, test } from "vitest";
import { forecast, largestScale, type ForecastRun } from "../../src-main/runner/forecast.ts";
import { nextStart, type NextStart, type RunningRun, type WaitingRun } from "../../src-main/runner/scheduler.ts";
import { Watchdog } from "../../src-main/runner/watchdog.ts";

const GB = 1e9;
const waiting = (...threads: (number | undefined)[]): WaitingRun[] =>
  threads.map((count, index) => ({ id: `run${index}`, threads: count, memoryBytes: GB }));
const running = (...threads: number[]): RunningRun[] => threads.map((count) => ({ threads: count, memoryBytes: GB }));

describe("which run starts next, and on how many cores", () => {
  type Case = [name: string, WaitingRun[], RunningRun[], cores: number, memoryGB: number, NextStart | undefined];
  const start = (threads: number): NextStart => ({ kind: "start", id: "run0", threads });
  const cases: Case[] = [
    ["nothing waits", [], running(1), 2, 9, undefined],
    ["one waits: all cores", waiting(undefined), [], 2, 9, start(2)],
    ["two wait: packing", waiting(undefined, undefined), [], 2, 9, start(1)],
    ["the last beside another", waiting(undefined), running(1), 2, 9, start(1)],
    ["no core is free", waiting(undefined), running(1, 1), 2, 9, { kind: "wait", id: "run0", for: "cores" }],
    ["few wait on many cores: shared out", waiting(undefined, undefined, undefined), [], 16, 99, start(5)],
    ["many wait on many cores", waiting(...Array<undefined>(40)), [], 16, 99, start(1)],
    ["as many as it started with", waiting(1), [], 2, 9, start(1)],
    ["its own number is not free", waiting(2, 1), running(1), 2, 9, { kind: "wait", id: "run0", for: "cores" }],
    ["more threads than cores: alone", waiting(4), [], 2, 9, start(4)],
    ["more threads than cores: not beside another", waiting(4), running(1), 2, 9, { kind: "wait", id: "run0", for: "cores" }],
    ["memory is taken", waiting(1), running(1), 2, 1.5, { kind: "wait", id: "run0", for: "memory" }],
    ["it can never fit", waiting(1), running(1), 2, 0.5, { kind: "refuse", id: "run0", memoryBytes: GB, availableBytes: 0.5 * GB }],
  ]; // prettier-ignore
  test.for(cases)("%s", ([, queue, active, cores, memoryGB, expected]) => {
    expect(nextStart(queue, active, { cores, memoryBytes: memoryGB * GB, slots: Infinity })).toEqual(expected);
  });
});

test.for([
  [1, 0, { kind: "start", id: "run0", threads: 2 }],
  [1, 1, { kind: "wait", id: "run0", for: "slots" }],
  [2, 1, { kind: "start", id: "run0", threads: 1 }],
] as const)("%d slots, %d of them taken", ([slots, taken, expected]) => {
  const active = running(...Array<number>(taken).fill(1));
  expect(nextStart(waiting(undefined, undefined), active, { cores: 2, memoryBytes: 9 * GB, slots })).toEqual(expected);
});

describe("the forecast plays the scheduler forward", () => {
  const run = (id: string, remainingIterations: number, more: Partial<ForecastRun> = {}): ForecastRun => ({
    ...{
      id,
      threads: undefined,
      memoryBytes: GB,
      remainingIterations,
      overheadMs: 0,
      stepMs: (threads) => 100 / threads,
    },
    ...more,
  });
  const resources = { cores: 2, memoryBytes: 9 * GB, slots: Infinity };
  const endsOf = (result: ReturnType<typeof forecast>) =>
    Object.fromEntries([...result.ends].map(([id, { endMs }]) => [id, Math.round(endMs)]));

  test("one run takes all cores", () => {
    expect(endsOf(forecast([], [run("a", 100)], resources))).toEqual({ a: 5000 });
  });
  test("two are packed, the third gets the first free core", () => {
    const result = forecast([], [run("a", 100), run("b", 50), run("c", 100)], resources);
    expect(endsOf(result)).toEqual({ a: 10_000, b: 5000, c: 15_000 });
    expect(result.queueEndMs).toBe(15_000);
  });
  test("company slows a step down, and its end speeds it up", () => {
    const stepMs = (_: number, concurrent: number) => (concurrent === 2 ? 200 : 100);
    const result = forecast([], [run("a", 100, { stepMs }), run("b", 50, { stepMs })], resources);
    expect(endsOf(result)).toEqual({ b: 10_000, a: 15_000 });
  });
  test("overheads come first and are not divided by steps", () => {
    expect(endsOf(forecast([], [run("a", 10, { overheadMs: 3000 })], resources))).toEqual({ a: 3500 });
  });
  test("a running one keeps its threads; one that can never fit has no end", () => {
    const active = [{ ...run("a", 100), threads: 2 }];
    const result = forecast(active, [run("huge", 1, { memoryBytes: 99 * GB }), run("b", 10)], resources);
    expect(endsOf(result)).toEqual({ a: 5000, b: 5500 });
  });
  test("an empty queue ends now", () => {
    expect(forecast([], [], resources).queueEndMs).toBe(0);
  });
  test("the largest scale that ends in time", () => {
    const hours = (count: number) => count * 3_600_000;
    const endMs = (scale: number) => hours(24) * scale;
    expect(largestScale(hours(24), endMs)).toBe(1);
    expect(largestScale(hours(9), endMs)).toBe(1 / 3);
    expect(largestScale(hours(0.01), endMs)).toBeUndefined();
  });
});

describe("the watchdog", () => {
  const tickMs = 1000;
  const silentFor = (watchdog: Watchdog, seconds: number) => {
    let hangs = false;
    for (let i = 0; i < seconds; i++) hangs = watchdog.tick(tickMs, tickMs).hangs;
    return hangs;
  };
  test.for([
    ["20 layers, starting", 20, 339, false],
    ["20 layers, starting", 20, 341, true],
    ["1202 layers, starting", 1202, 2700, false],
  ] as const)("%s: %d layers, %d s of silence", ([, depth, seconds, hangs]) => {
    const watchdog = new Watchdog(depth);
    watchdog.heard("starting");
    expect(silentFor(watchdog, seconds)).toBe(hangs);
  });
  test.for([
    [60, false],
    [61, true],
  ] as const)("not a word yet, 1202 layers, %d s of silence", ([seconds, hangs]) => {
    expect(silentFor(new Watchdog(1202), seconds)).toBe(hangs);
  });
  test("training: a minute at least", () => {
    const watchdog = new Watchdog(20);
    watchdog.heard("training");
    expect(silentFor(watchdog, 60)).toBe(false);
    expect(silentFor(watchdog, 1)).toBe(true);
  });
  test("training: 20 times the longest step so far", () => {
    const watchdog = new Watchdog(1202);
    watchdog.heard("training");
    silentFor(watchdog, 10);
    watchdog.heard("training");
    expect(silentFor(watchdog, 200)).toBe(false);
    expect(silentFor(watchdog, 1)).toBe(true);
  });
  test("each stage has its own longest", () => {
    const watchdog = new Watchdog(20);
    watchdog.heard("training");
    watchdog.heard("evaluating");
    silentFor(watchdog, 30);
    watchdog.heard("evaluating");
    watchdog.heard("training");
    expect(silentFor(watchdog, 61)).toBe(true);
  });
  test("five minutes in which this process itself was stopped do not count", () => {
    const watchdog = new Watchdog(20);
    watchdog.heard("training");
    expect(watchdog.tick(300_000, tickMs)).toMatchObject({ hangs: false, silentMs: 2 * tickMs });
  });
});
