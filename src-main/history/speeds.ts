import type { Connection } from "./connection.ts";

/** What a step's time depends on, on one machine. */
export interface SpeedKey {
  readonly family: string;
  readonly depth: number;
  readonly width: number;
  readonly shortcut: string;
  readonly batchSize: number;
  readonly precision: string;
  readonly lanes: number;
  /** Trainers at work at the same time, this one included. */
  readonly concurrent: number;
  readonly device: string;
}

export interface SpeedRecord extends SpeedKey {
  /** Exponential mean of what was measured. */
  readonly stepMs: number;
  /** The highest that was measured. */
  readonly peakMemoryBytes: number | undefined;
  readonly samples: number;
  readonly updatedMs: number;
}

interface SpeedRow {
  readonly family: string;
  readonly depth: number;
  readonly width: number;
  readonly shortcut: string;
  readonly batch_size: number;
  readonly precision: string;
  readonly lanes: number;
  readonly concurrent: number;
  readonly device: string;
  readonly step_ms: number;
  readonly peak_memory_bytes: number | null;
  readonly samples: number;
  readonly updated_ms: number;
}

/** Share of a new measurement: about the last five count, so that an upgrade of the machine is soon known. */
const newShare = 0.2;

const whereKey = `family = @family AND depth = @depth AND width = @width AND shortcut = @shortcut
  AND batch_size = @batchSize AND precision = @precision AND lanes = @lanes AND concurrent = @concurrent
  AND device = @device`;

/** Measured step times, from which the duration of runs is foretold. */
export class Speeds {
  readonly #connection: Connection;
  readonly #now: () => number;

  constructor(connection: Connection, now: () => number) {
    this.#connection = connection;
    this.#now = now;
  }

  /** Not synced: the next measurement comes in seconds. */
  record(key: SpeedKey, stepMs: number, peakMemoryBytes?: number): void {
    const measure = () =>
      this.#connection.run(
        `INSERT INTO speeds VALUES (@family, @depth, @width, @shortcut, @batchSize, @precision, @lanes, @concurrent, @device,
           @stepMs, @peakMemoryBytes, 1, @nowMs)
         ON CONFLICT DO UPDATE SET
           step_ms = step_ms + @newShare * (@stepMs - step_ms),
           peak_memory_bytes = nullif(max(coalesce(peak_memory_bytes, 0), coalesce(@peakMemoryBytes, 0)), 0),
           samples = samples + 1,
           updated_ms = @nowMs`,
        { ...key, stepMs, peakMemoryBytes, newShare, nowMs: this.#now() },
      );
    this.#connection.write("noting a speed", measure, { durable: false });
  }

  find(key: SpeedKey): SpeedRecord | undefined {
    const row = this.#connection.get<SpeedRow>(`SELECT * FROM speeds WHERE ${whereKey}`, { ...key });
    return row && toSpeed(row);
  }

  all(): SpeedRecord[] {
    return this.#connection.all<SpeedRow>("SELECT * FROM speeds ORDER BY updated_ms DESC").map(toSpeed);
  }
}

const toSpeed = ({ batch_size, step_ms, peak_memory_bytes, updated_ms, ...rest }: SpeedRow): SpeedRecord => ({
  ...rest,
  batchSize: batch_size,
  stepMs: step_ms,
  peakMemoryBytes: peak_memory_bytes ?? undefined,
  updatedMs: updated_ms,
});
