import { z } from "zod";
import { fromWireNumber, toWireNumber } from "../../src-shared/runEvent.ts";
import type { Connection } from "./connection.ts";
import { runKey } from "./runKeys.ts";

/** What was measured before the update at `iteration`; numbers may be NaN or infinite. */
export interface Probe {
  readonly iteration: number;
  readonly timeMs: number;
  /** Standard deviation of each 3x3 layer's response (He et al. 2016, figure 7). */
  readonly responses: readonly { readonly layer: string; readonly std: number }[];
  /** Euclidean norm of the loss's gradient of each trainable tensor. */
  readonly gradientNorms: readonly { readonly tensor: string; readonly norm: number }[];
}

interface ProbeRow {
  readonly iteration: number;
  readonly time_ms: number;
  readonly responses: string;
  readonly gradient_norms: string;
}

/** Both lists as pairs of a name and a number as JSON carries it. */
const pairsSchema = z.array(z.tuple([z.string(), z.union([z.number(), z.enum(["NaN", "Infinity", "-Infinity"])])]));

const toPairs = (list: readonly (readonly [string, number])[]): string =>
  JSON.stringify(list.map(([name, value]) => [name, toWireNumber(value)]));

const fromPairs = (text: string): [string, number][] =>
  pairsSchema.parse(JSON.parse(text)).map(([name, value]) => [name, fromWireNumber(value)]);

export function putProbe(connection: Connection, run: number, probe: Probe): void {
  connection.run(
    "INSERT OR REPLACE INTO probes (run, iteration, time_ms, responses, gradient_norms) VALUES (?, ?, ?, ?, ?)",
    run,
    probe.iteration,
    probe.timeMs,
    toPairs(probe.responses.map(({ layer, std }) => [layer, std])),
    toPairs(probe.gradientNorms.map(({ tensor, norm }) => [tensor, norm])),
  );
}

/** Drops the probes at `iteration` and after it: they come before the update of that number. */
export function dropProbesFrom(connection: Connection, run: number, iteration: number): void {
  connection.run("DELETE FROM probes WHERE run = ? AND iteration >= ?", run, iteration);
}

export function readProbes(connection: Connection, run: number): Probe[] {
  return connection
    .all<ProbeRow>(
      "SELECT iteration, time_ms, responses, gradient_norms FROM probes WHERE run = ? ORDER BY iteration",
      run,
    )
    .map((row) => ({
      iteration: row.iteration,
      timeMs: row.time_ms,
      responses: fromPairs(row.responses).map(([layer, std]) => ({ layer, std })),
      gradientNorms: fromPairs(row.gradient_norms).map(([tensor, norm]) => ({ tensor, norm })),
    }));
}

export class Probes {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** In ascending order of iterations. @throws WorkbenchError `run-unknown` */
  of(id: string): Probe[] {
    return readProbes(this.#connection, runKey(this.#connection, id));
  }
}
