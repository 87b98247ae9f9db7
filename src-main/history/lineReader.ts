import { runEventSchema, fromWireNumber, type RunEvent, type WireNumber } from "../../src-shared/runEvent.ts";
import { dropCheckpointsAfter, putCheckpoint } from "./checkpoints.ts";
import type { Connection } from "./connection.ts";
import { dropEvaluationsAfter, putEvaluation } from "./evaluations.ts";
import { addToLedger, dropLogged, type LoggedType } from "./ledger.ts";
import { dropProbesFrom, putProbe } from "./probes.ts";
import { SeriesBuffer } from "./seriesBuffer.ts";
import { appendSeries, lastValue, seriesEnd, truncateSeries } from "./seriesRows.ts";
import { toColumn } from "./wireColumn.ts";

/** A log of nothing but garbage must not fill the ledger with notes of it. */
const mostUnreadableNoted = 100;

/** Everything that came from the run's log. */
export function dropLoggedFacts(connection: Connection, run: number): void {
  truncateSeries(connection, run, 0);
  dropEvaluationsAfter(connection, run, -1);
  dropProbesFrom(connection, run, 0);
  dropCheckpointsAfter(connection, run, -1);
  dropLogged(connection, run);
  connection.run(
    `UPDATE runs SET engine = NULL, dataset = NULL, iteration = 0, loss = NULL, images_per_second = NULL,
       checkpoint_iteration = NULL, test_accuracy = NULL, best_test_accuracy = NULL WHERE key = ?`,
    run,
  );
}

const fromWire = (list: readonly WireNumber[]): number[] => list.map(fromWireNumber);

/** Takes the lines of one transaction, one after the other; `finish` writes what is better written once. */
export class LineReader {
  readonly connection: Connection;
  readonly run: number;
  readonly #now: () => number;
  readonly #iterations: number;
  #line: number;
  unreadable: number;
  series: SeriesBuffer;
  iteration: number;
  imagesPerSecond: number | null;

  constructor(connection: Connection, run: number, before: { lines: number; unreadable: number }, now: () => number) {
    this.connection = connection;
    this.run = run;
    this.#now = now;
    this.#line = before.lines;
    this.unreadable = before.unreadable;
    const row = connection.get<{ iteration: number; iterations: number; images_per_second: number | null }>(
      "SELECT iteration, iterations, images_per_second FROM runs WHERE key = ?",
      run,
    )!;
    this.#iterations = row.iterations;
    this.iteration = row.iteration;
    this.imagesPerSecond = row.images_per_second;
    this.series = new SeriesBuffer(seriesEnd(connection, run));
  }

  /** @returns what the line says; undefined where it is no run event, which is noted and passed over */
  read(line: string): RunEvent["type"] | undefined {
    this.#line++;
    const event = parseLine(line, this.#iterations);
    if (typeof event === "string") {
      if (++this.unreadable <= mostUnreadableNoted) {
        this.note("unreadable", this.#now(), undefined, `line ${this.#line} of the run's log: ${event}`);
      }
      return undefined;
    }
    (takers[event.type] as (reader: LineReader, event: RunEvent) => void)(this, event);
    return event.type;
  }

  note(type: LoggedType, timeMs: number, iteration?: number, detail?: string): void {
    addToLedger(this.connection, this.run, { line: this.#line, type, timeMs, iteration, detail });
  }

  /** After `iteration` updates something stands in the log: so many were done. */
  reach(iteration: number): void {
    this.iteration = Math.max(this.iteration, iteration);
  }

  finish(): void {
    const { connection, run } = this;
    this.series.flush({
      truncate: (iteration) => truncateSeries(connection, run, iteration),
      append: (points) => appendSeries(connection, run, points),
    });
    // From the tables, not from the lines, so that it does not matter how many came in one call.
    connection.run(
      `UPDATE runs SET iteration = @iteration, loss = @loss, images_per_second = @imagesPerSecond,
         checkpoint_iteration = (SELECT max(iteration) FROM checkpoints WHERE run = @run),
         test_accuracy = (SELECT test_accuracy FROM evaluations WHERE run = @run ORDER BY iteration DESC LIMIT 1),
         best_test_accuracy = (SELECT max(test_accuracy) FROM evaluations WHERE run = @run)
       WHERE key = @run`,
      {
        run,
        iteration: this.iteration,
        loss: toColumn(lastValue(connection, run, "loss")),
        imagesPerSecond: this.imagesPerSecond,
      },
    );
  }
}

type Takers = {
  readonly [Type in RunEvent["type"]]: (reader: LineReader, event: Extract<RunEvent, { type: Type }>) => void;
};

/** What each event means to the history. */
const takers: Takers = {
  started(reader, { timeMs, threads, lanes, engine, dataset: { title, original, checksum } }) {
    // A log begins: whatever an archive or a lost log had told is replaced.
    dropLoggedFacts(reader.connection, reader.run);
    reader.series = new SeriesBuffer(0);
    reader.iteration = 0;
    reader.imagesPerSecond = null;
    reader.connection.run(
      "UPDATE runs SET engine = ?, dataset = ?, threads = coalesce(threads, ?), lanes = coalesce(lanes, ?) WHERE key = ?",
      JSON.stringify(engine),
      JSON.stringify({ title, original, checksum }),
      threads,
      lanes,
      reader.run,
    );
    reader.note("started", timeMs);
  },

  progress(reader, event) {
    const count = event.loss.length;
    reader.series.add(event.fromIteration, {
      loss: fromWire(event.loss),
      accuracy: fromWire(event.accuracy),
      learningRate: fromWire(event.learningRate),
      stepMs: new Array<number>(count).fill(event.elapsedMs / count),
    });
    reader.iteration = event.fromIteration + count;
    reader.imagesPerSecond = event.imagesPerSecond;
  },

  evaluated(reader, event) {
    putEvaluation(reader.connection, reader.run, {
      iteration: event.iteration,
      timeMs: event.timeMs,
      elapsedMs: event.elapsedMs,
      testLoss: fromWireNumber(event.testLoss),
      testAccuracy: event.testAccuracy,
      validationLoss: event.validationLoss === undefined ? undefined : fromWireNumber(event.validationLoss),
      validationAccuracy: event.validationAccuracy,
      predictions: Buffer.from(event.predictions, "base64"),
    });
    reader.reach(event.iteration);
    reader.note("evaluated", event.timeMs, event.iteration);
  },

  probed(reader, { iteration, timeMs, responses, gradientNorms }) {
    putProbe(reader.connection, reader.run, {
      iteration,
      timeMs,
      responses: responses.map(({ layer, std }) => ({ layer, std: fromWireNumber(std) })),
      gradientNorms: gradientNorms.map(({ tensor, norm }) => ({ tensor, norm: fromWireNumber(norm) })),
    });
    reader.note("probed", timeMs, iteration);
  },

  checkpointed(reader, { iteration, timeMs, file, best }) {
    putCheckpoint(reader.connection, reader.run, { iteration, timeMs, file, best });
    reader.reach(iteration);
    reader.note("checkpointed", timeMs, iteration, best ? `${file}, the best so far` : file);
  },

  /** The state after `fromIteration` updates is back: what was done from there on is done again. */
  resumed(reader, { fromIteration, timeMs, checkpoint }) {
    reader.series.truncate(fromIteration);
    dropEvaluationsAfter(reader.connection, reader.run, fromIteration);
    dropProbesFrom(reader.connection, reader.run, fromIteration);
    dropCheckpointsAfter(reader.connection, reader.run, fromIteration);
    reader.iteration = fromIteration;
    // An end before this line no longer counts: ledger.ts, readEnd.
    reader.note("resumed", timeMs, fromIteration, checkpoint);
  },

  log(reader, { level, timeMs, message }) {
    reader.note(level, timeMs, undefined, message);
  },

  finished(reader, { iteration, timeMs }) {
    reader.reach(iteration);
    reader.note("finished", timeMs, iteration);
  },

  failed(reader, { iteration, timeMs, code, message }) {
    reader.note("failed", timeMs, iteration, `${code}: ${message}`);
  },

  diverged(reader, { iteration, timeMs, loss, lastGoodCheckpoint: good }) {
    const last = good ? `last good checkpoint at iteration ${good.iteration}` : "no good checkpoint";
    reader.note("diverged", timeMs, iteration, `loss ${loss}; ${last}`);
  },
};

/** The event; or, in words, why it is none. @param iterations of the whole run */
function parseLine(line: string, iterations: number): RunEvent | string {
  let json: unknown;
  try {
    json = JSON.parse(line);
  } catch (error) {
    return (error as Error).message;
  }
  const parsed = runEventSchema.safeParse(json);
  if (!parsed.success)
    return parsed.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`).join("; ");
  return problemOf(parsed.data, iterations) ?? parsed.data;
}

/** What the schema does not see; without it a damaged number could make a series of any length. */
function problemOf(event: RunEvent, iterations: number): string | undefined {
  if (event.type === "progress") {
    const { loss, accuracy, learningRate } = event;
    if (accuracy.length !== loss.length || learningRate.length !== loss.length) return "lists of different lengths";
    if (loss.length === 0) return "no iterations";
  }
  return reachOf(event) > iterations ? "iterations beyond the run's end" : undefined;
}

/** The highest number of updates that the event speaks of. */
function reachOf(event: RunEvent): number {
  if (event.type === "progress") return event.fromIteration + event.loss.length;
  if (event.type === "resumed") return event.fromIteration;
  return "iteration" in event ? event.iteration : 0;
}
