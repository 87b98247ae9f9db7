import { spawn } from "node:child_process";
import { appendFileSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import type { History } from "../../src-main/history/index.ts";
import { packPredictions, unpackPredictions } from "../../src-main/history/predictions.ts";
import type { RunEvent } from "../../src-shared/runEvent.ts";
import { seriesNames } from "../../src-shared/series.ts";
import { config, event, ingestAll, newRun, startMs, toLines, useBench, writeLog } from "./historyFixtures.ts";

const bench = useBench();

const openWithRun = (id = "a"): History => {
  const history = bench.open();
  history.runs.add(newRun(id));
  return history;
};

/** Everything that came from the log, to be compared. */
const facts = (history: History, id = "a") => ({ ...history.dump(id), state: history.logState(id) });

/** What a history says that read the whole of `log` at once. */
function inOneGo(log: string | Uint8Array): ReturnType<typeof facts> {
  const file = path.join(bench.home, "one-go.ndjson");
  writeLog(file, log);
  const history = bench.open({ home: path.join(bench.home, `one-go-${Math.random()}`), now: () => startMs });
  history.runs.add(newRun("a"));
  ingestAll(history, "a", file);
  const whole = facts(history);
  history.close();
  return whole;
}

const events: readonly RunEvent[] = [
  event.started(),
  event.probed(0),
  event.progress(0, 600),
  event.progress(600, 1_500),
  event.evaluated(1_500),
  event.checkpointed(1_500, true),
  event.log("öä 残差 – a note in more than ASCII", "warning"),
  event.progress(1_500, 2_100),
  event.resumed(1_500),
  event.progress(1_500, 2_500),
  event.probed(2_500),
  event.evaluated(2_500, { testAccuracy: 0.5, validationLoss: "Infinity", validationAccuracy: 0.25 }),
  event.checkpointed(2_500),
];

describe("what a log says", () => {
  test("becomes series, evaluations, probes, checkpoints, a ledger and the run's row", () => {
    const history = openWithRun();
    bench.append("a", ...events);
    expect(history.ingest("a", bench.log("a"))).toEqual({
      lines: events.length,
      more: false,
      events: events.map(({ type }) => type),
    });
    for (const name of seriesNames) expect(history.series.read("a", name).values.length, name).toBe(2_500);
    expect(history.series.read("a", "loss", { from: 998, to: 1_001 })).toEqual({
      from: 998,
      values: Float32Array.from([998, 999, 1_000], (iteration) => 2 + iteration / 1024),
      gaps: [],
    });
    expect(history.series.read("a", "stepMs", { from: 2_499 }).values).toEqual(Float32Array.of(100));
    expect(history.series.readDecimated("a", "loss", { buckets: 5 }).starts).toEqual(
      Int32Array.of(0, 500, 1000, 1500, 2000),
    );
    expect(history.evaluations.of("a")).toMatchObject([
      { iteration: 1_500, testAccuracy: 0.875, validationLoss: undefined, images: 4 },
      { iteration: 2_500, testAccuracy: 0.5, validationLoss: Infinity, validationAccuracy: 0.25 },
    ]);
    expect(history.evaluations.predictions("a", 2_500)).toEqual(Uint8Array.of(1, 2, 3, 4));
    expect(history.evaluations.predictions("a", 2_000)).toBeUndefined();
    expect(history.probes.of("a")).toEqual([
      expect.objectContaining({ iteration: 0, responses: [{ layer: "stem", std: 0.5 }] }),
      expect.objectContaining({
        iteration: 2_500,
        gradientNorms: [
          { tensor: "stem.conv.kernel", norm: 2_500 },
          { tensor: "head.bias", norm: NaN },
        ],
      }),
    ]);
    expect(history.checkpoints.of("a").map(({ iteration, best }) => [iteration, best])).toEqual([
      [1_500, true],
      [2_500, false],
    ]);
    expect(history.ledger.of("a").map(({ line, type, iteration }) => [line, type, iteration])).toEqual([
      [1, "started", undefined],
      [2, "probed", 0],
      [5, "evaluated", 1_500],
      [6, "checkpointed", 1_500],
      [7, "warning", undefined],
      [9, "resumed", 1_500],
      [11, "probed", 2_500],
      [12, "evaluated", 2_500],
      [13, "checkpointed", 2_500],
    ]);
    expect(history.runs.get("a")).toMatchObject({
      status: "queued",
      iteration: 2_500,
      loss: 2 + 2_499 / 1024,
      imagesPerSecond: 1280,
      checkpointIteration: 2_500,
      testAccuracy: 0.5,
      bestTestAccuracy: 0.875,
      engine: { tensorflow: "2.21.0", device: "cpu" },
      dataset: { title: "CIFAR-10", original: true, checksum: "abc" },
      threads: 2,
      lanes: 2,
    });
    expect(history.logState("a")).toEqual({
      offset: Buffer.byteLength(toLines(events)),
      generation: "first",
      lines: events.length,
      unreadable: 0,
    });
  });

  test("threads and lanes that a run has already are not changed by what its log says", () => {
    const history = bench.open();
    history.runs.add(newRun("a", { threads: 4, lanes: 1 }));
    bench.append("a", event.started());
    ingestAll(history, "a", bench.log("a"));
    expect(history.runs.get("a")).toMatchObject({ threads: 4, lanes: 1 });
  });

  test("numbers that are not finite stay what they are", () => {
    const history = openWithRun();
    const loss = ["NaN", "Infinity", "-Infinity", 1, "NaN"] as const;
    bench.append(
      "a",
      event.started(),
      event.progress(0, 5, { loss: [...loss] }),
      event.evaluated(5, { testLoss: "-Infinity" }),
    );
    bench.append("a", event.evaluated(6, { testLoss: "NaN", validationLoss: "NaN" }));
    ingestAll(history, "a", bench.log("a"));
    expect(history.series.read("a", "loss").values).toEqual(Float32Array.of(NaN, Infinity, -Infinity, 1, NaN));
    expect(history.evaluations.of("a").map((e) => [e.testLoss, e.validationLoss])).toEqual([
      [-Infinity, undefined],
      [NaN, NaN],
    ]);
    expect(history.runs.get("a").loss).toBe(NaN);
    expect(history.series.readDecimated("a", "loss", { buckets: 1 })).toMatchObject({
      minimum: Float32Array.of(1),
      nonFinite: Uint8Array.of(7),
    });
  });

  test.each<{ what: string; events: RunEvent[]; end: ReturnType<History["endInLog"]> }>([
    { what: "nothing yet", events: [], end: undefined },
    { what: "still running", events: [event.progress(0, 5)], end: undefined },
    { what: "finished", events: [event.progress(0, 5), event.finished(5)], end: "finished" },
    { what: "diverged", events: [event.diverged(3), event.log("so it is")], end: "diverged" },
    { what: "failed", events: [event.failed(3)], end: "failed" },
    { what: "finished, and taken up again", events: [event.finished(5), event.resumed(2)], end: undefined },
    {
      what: "failed, taken up again, finished",
      events: [event.failed(3), event.resumed(2), event.finished(5)],
      end: "finished",
    },
  ])("endInLog: $what", ({ events: after, end }) => {
    const history = openWithRun();
    bench.append("a", event.started(), ...after);
    ingestAll(history, "a", bench.log("a"));
    history.runs.act("a", "start");
    history.runs.act("a", "failed");
    expect(history.endInLog("a")).toBe(end);
  });

  test("a fork begins at its own iteration", () => {
    const history = openWithRun();
    bench.append("a", event.started(), event.resumed(2_345), event.progress(2_345, 3_100));
    ingestAll(history, "a", bench.log("a"));
    const { from, values } = history.series.read("a", "loss");
    expect([from, values.length, values[0]]).toEqual([2_345, 755, Math.fround(2 + 2_345 / 1024)]);
    expect(history.runs.get("a").iteration).toBe(3_100);
  });

  test("a damaged line is counted, noted and passed over; what it held is a gap", () => {
    const history = openWithRun();
    bench.append("a", event.started(), event.progress(0, 10));
    appendFileSync(bench.log("a"), `{"type":"progress","timeMs":1\0\n{"type":"wish"}\n\n`);
    appendFileSync(bench.log("a"), toLines([event.progress(10, 12, { accuracy: [1] }), event.progress(4_990, 5_001)]));
    appendFileSync(bench.log("a"), toLines([event.progress(10, 10)]));
    appendFileSync(bench.log("a"), toLines([event.evaluated(5_001), event.resumed(1e15)]));
    bench.append("a", event.progress(20, 30));
    expect(ingestAll(history, "a", bench.log("a"))).toBe(11);
    expect(history.logState("a")).toMatchObject({ lines: 11, unreadable: 8 });
    const { values, gaps } = history.series.read("a", "loss");
    expect([values.length, gaps]).toEqual([30, [{ from: 10, to: 20 }]]);
    expect(values.subarray(10, 20).every(Number.isNaN)).toBe(true);
    expect(history.series.readDecimated("a", "loss", { buckets: 3 })).toMatchObject({
      starts: Int32Array.of(0, 20),
      nonFinite: Uint8Array.of(0, 0),
    });
    expect(history.series.read("a", "loss", { from: 12, to: 22 })).toMatchObject({
      from: 20,
      values: { length: 2 },
      gaps: [],
    });
    const noted = history.ledger.of("a").filter(({ type }) => type === "unreadable");
    expect(noted.map(({ line }) => line)).toEqual([3, 4, 5, 6, 7, 8, 9, 10]);
    expect(noted[3].detail).toContain("different lengths");
    expect(noted[4].detail).toContain("beyond the run's end");
  });

  test("a log of garbage does not fill the ledger", () => {
    const history = openWithRun();
    writeLog(bench.log("a"), "garbage\n".repeat(5_000));
    expect(ingestAll(history, "a", bench.log("a"))).toBe(5_000);
    expect(history.logState("a")).toMatchObject({ lines: 5_000, unreadable: 5_000 });
    expect(history.ledger.of("a").length).toBe(100);
  });

  test("iterations that come again without a 'resumed' replace those that were there", () => {
    const history = openWithRun();
    bench.append(
      "a",
      event.started(),
      event.progress(0, 1_200),
      event.progress(900, 1_100, { learningRate: new Array<number>(200).fill(1) }),
    );
    ingestAll(history, "a", bench.log("a"));
    const { values } = history.series.read("a", "learningRate");
    expect([values.length, values[899], values[900]]).toEqual([1_100, 0.125, 1]);
  });
});

describe("each line counts exactly once", () => {
  const log = Buffer.from(toLines(events));

  test("a last line that is torn at any byte is read when it is whole", () => {
    const last = Buffer.from(toLines([event.log("残差"), event.evaluated(5)].slice(0, 1)));
    const history = openWithRun();
    writeLog(bench.log("a"), log);
    ingestAll(history, "a", bench.log("a"));
    for (const byte of last) {
      expect(history.ingest("a", bench.log("a"))).toEqual({ lines: 0, more: false, events: [] });
      appendFileSync(bench.log("a"), Buffer.of(byte));
    }
    expect(history.ingest("a", bench.log("a"))).toEqual({ lines: 1, more: false, events: ["log"] });
    expect(history.ingest("a", bench.log("a"))).toEqual({ lines: 0, more: false, events: [] });
  });

  test("a torn last line that its writer cut off again, as the next one does", () => {
    const history = openWithRun();
    const whole = Buffer.byteLength(toLines(events.slice(0, 4)));
    for (let torn = whole; torn < whole + 60; torn += 7) {
      writeLog(bench.log("a"), log.subarray(0, torn));
      ingestAll(history, "a", bench.log("a"));
      expect(history.logState("a")).toMatchObject({ offset: whole, lines: 4, unreadable: 0 });
    }
    writeLog(bench.log("a"), log);
    ingestAll(history, "a", bench.log("a"));
    expect(facts(history)).toEqual(inOneGo(log));
  });

  test.each([1, 50, 333, 4_096])("in calls of %i bytes, with a reopening at each", (maxBytes) => {
    let history = bench.open({ now: () => startMs });
    history.runs.add(newRun("a"));
    writeLog(bench.log("a"), log);
    for (let more = true; more;) {
      ({ more } = history.ingest("a", bench.log("a"), { maxBytes }));
      history.close();
      history = bench.open({ now: () => startMs });
    }
    expect(facts(history)).toEqual(inOneGo(log));
  });

  test("a reader that is killed at any moment goes on where its last transaction ended", async () => {
    let history = bench.open({ now: () => startMs });
    history.runs.add(newRun("a"));
    history.close();
    const many: RunEvent[] = [event.started()];
    for (let i = 0; i < 4_000; i++) {
      many.push(event.progress(i, i + 1), ...(i % 10 === 9 ? [event.evaluated(i + 1), event.checkpointed(i + 1)] : []));
      if (i % 100 === 99) many.push(event.resumed(i + 1 - 20), event.progress(i - 19, i + 1));
    }
    writeLog(bench.log("a"), toLines(many));
    const script = path.join(bench.home, "reader.mts");
    const module = path.resolve(import.meta.dirname, "../../src-main/history/index.ts");
    writeFileSync(
      script,
      `import { openHistory } from ${JSON.stringify(module)};
       const history = openHistory({ home: ${JSON.stringify(bench.home)}, now: () => ${startMs} });
       const read = () => history.ingest("a", ${JSON.stringify(bench.log("a"))}, { maxBytes: 300 }).more;
       read();
       console.log("reading");
       while (read());`,
    );
    const offsets: number[] = [];
    for (let kill = 0; kill < 6; kill++) {
      const child = spawn(process.execPath, [script], { stdio: ["ignore", "pipe", "inherit"] });
      const ended = new Promise((resolve) => child.once("exit", resolve));
      await new Promise((resolve) => child.stdout.once("data", resolve));
      await sleep(3 * kill);
      child.kill("SIGKILL");
      await ended;
      history = bench.open({ now: () => startMs });
      const { offset, lines } = history.logState("a");
      expect(lines).toBe(readFileSync(bench.log("a")).subarray(0, offset).toString().split("\n").length - 1);
      expect(await history.checkIntegrity()).toBeUndefined();
      offsets.push(offset);
      history.close();
    }
    // Each of them came further than the one before.
    offsets.forEach((offset, i) => expect(offset).toBeGreaterThan(offsets[i - 1] ?? 0));
    expect(offsets.at(-1)).toBeLessThan(statSync(bench.log("a")).size);
    history = bench.open({ now: () => startMs });
    ingestAll(history, "a", bench.log("a"));
    expect(history.logState("a").lines).toBe(many.length);
    expect(facts(history)).toEqual(inOneGo(toLines(many)));
  });
});

describe("a log that is no longer the one that was read", () => {
  const other = [event.started({ generation: "second" }), event.progress(0, 3), event.log("short")];
  const cases: { what: string; change: (file: string) => void; becomes: RunEvent[] }[] = [
    {
      what: "shortened",
      change: (file) => truncateSync(file, Buffer.byteLength(toLines(events.slice(0, 5)))),
      becomes: events.slice(0, 5),
    },
    { what: "shortened to nothing", change: (file) => truncateSync(file, 0), becomes: [] },
    {
      what: "shorter and of another generation",
      change: (file) => writeFileSync(file, toLines(other)),
      becomes: other,
    },
    {
      what: "longer and of another generation",
      change: (file) => writeFileSync(file, toLines([...other, ...events.slice(1), ...events.slice(1)])),
      becomes: [...other, ...events.slice(1), ...events.slice(1)],
    },
    {
      what: "the same but for its generation",
      change: (file) => writeFileSync(file, toLines([event.started({ generation: "other" }), ...events.slice(1)])),
      becomes: [event.started({ generation: "other" }), ...events.slice(1)],
    },
    {
      what: "cut by a power cut, and grown beyond what was read",
      change: (file) =>
        writeFileSync(file, toLines([...events.slice(0, 8), event.resumed(1_500), event.progress(1_500, 4_000)])),
      becomes: [...events.slice(0, 8), event.resumed(1_500), event.progress(1_500, 4_000)],
    },
  ];

  test.each(cases)("$what: read anew, and nothing stays of what was there", ({ change, becomes }) => {
    const history = bench.open({ now: () => startMs });
    history.runs.add(newRun("a"));
    bench.append("a", ...events);
    ingestAll(history, "a", bench.log("a"));
    change(bench.log("a"));
    ingestAll(history, "a", bench.log("a"));
    // Once known, threads and lanes of a run are never forgotten.
    const now = facts(history);
    const expected = inOneGo(toLines(becomes));
    expect({ ...now, run: { ...now.run, threads: 0, lanes: 0 } }).toEqual({
      ...expected,
      run: { ...expected.run, threads: 0, lanes: 0 },
    });
    expect(history.ingest("a", bench.log("a")).lines).toBe(0);
  });

  test("that is gone: what it said stays", () => {
    const history = openWithRun();
    bench.append("a", ...events);
    ingestAll(history, "a", bench.log("a"));
    const before = facts(history);
    rmSync(bench.log("a"));
    expect(history.ingest("a", bench.log("a"))).toEqual({ lines: 0, more: false, events: [] });
    expect(facts(history)).toEqual(before);
  });

  test("what the workbench did stays in the ledger", () => {
    const history = openWithRun();
    history.runs.act("a", "start");
    bench.append("a", ...events);
    ingestAll(history, "a", bench.log("a"));
    writeFileSync(bench.log("a"), toLines(other));
    ingestAll(history, "a", bench.log("a"));
    expect(history.ledger.of("a").map(({ line, type }) => [line, type])).toEqual([
      [undefined, "start"],
      [1, "started"],
      [3, "info"],
    ]);
  });
});

test("a line longer than a call's bytes is read whole", () => {
  const history = openWithRun();
  bench.append("a", event.started(), event.log("x".repeat(100_000)));
  expect(history.ingest("a", bench.log("a"), { maxBytes: 10 })).toMatchObject({ lines: 1, more: true });
  expect(history.ingest("a", bench.log("a"), { maxBytes: 10 })).toMatchObject({ lines: 1, more: false });
});

test("runs that are not there", () => {
  const history = openWithRun();
  for (const call of [
    () => history.ingest("b", bench.log("b")),
    () => history.logState("b"),
    () => history.endInLog("b"),
    () => history.series.read("b", "loss"),
    () => history.evaluations.of("b"),
    () => history.probes.of("b"),
    () => history.checkpoints.of("b"),
    () => history.ledger.of("b"),
    () => history.dump("b"),
  ]) {
    expect(call).toThrow(expect.objectContaining({ code: "run-unknown" }));
  }
  expect(history.ingest("a", bench.log("a"))).toEqual({ lines: 0, more: false, events: [] });
});

describe("predictions", () => {
  test.each([
    { classes: 1, images: 8, bytes: 1 },
    { classes: 2, images: 10_000, bytes: 1_250 },
    { classes: 8, images: 10_001, bytes: 3_751 },
    { classes: 10, images: 10_000, bytes: 5_000 },
    { classes: 16, images: 9_999, bytes: 5_000 },
    { classes: 17, images: 10_000, bytes: 6_250 },
    { classes: 64, images: 10_003, bytes: 7_503 },
    { classes: 100, images: 10_000, bytes: 8_750 },
    { classes: 256, images: 3, bytes: 3 },
    { classes: 10, images: 0, bytes: 0 },
    { classes: 10, images: 1, bytes: 1 },
  ])("$images images of $classes classes take $bytes bytes", ({ classes, images, bytes }) => {
    const predictions = Uint8Array.from({ length: images }, (_, i) => (classes - 1 + 7 * i) % classes);
    const packed = packPredictions(predictions);
    expect(packed.bytes.length).toBe(bytes);
    expect(unpackPredictions(packed)).toEqual(predictions);
  });
});

test("a dump, loaded under another id, is the same run", () => {
  const history = openWithRun();
  bench.append("a", ...events);
  appendFileSync(bench.log("a"), "damaged\n");
  bench.append("a", event.progress(3_000, 4_500));
  ingestAll(history, "a", bench.log("a"));
  history.runs.update("a", { tags: ["one"], notes: "notes", pinned: true });
  history.load(history.dump("a"), "b");
  const [a, b] = [history.dump("a"), history.dump("b")];
  expect({ ...b, run: { ...b.run, id: "a", position: a.run.position } }).toEqual(a);
  expect(b.series.map(({ from, columns }) => [from, columns.loss.length])).toEqual([
    [0, 2_500],
    [3_000, 1_500],
  ]);
  expect(b.run.config).toEqual(config());
  expect(() => history.load(a, "b")).toThrow(expect.objectContaining({ code: "run-state" }));
});
