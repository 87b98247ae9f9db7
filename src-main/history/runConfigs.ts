import { runConfigSchema, type RunConfig } from "../../src-shared/runConfig.ts";
import { WorkbenchError } from "../../src-shared/errors.ts";
import type { Connection } from "./connection.ts";

const mostRemembered = 20_000;

/**
 * The configurations of runs, read and checked when they are first asked for: ten thousand of them take ten times as long
 * as all the rest of the rows. They are remembered by the run's key, since a run's configuration never changes and no key
 * is given twice; hence they are frozen.
 */
export class RunConfigs {
  readonly #connection: Connection;
  readonly #known = new Map<number, RunConfig>();

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** @throws WorkbenchError `run-unknown` where the run was deleted meanwhile */
  of(key: number): RunConfig {
    const before = this.#known.get(key);
    if (before) return before;
    const row = this.#connection.get<{ config: string }>("SELECT config FROM runs WHERE key = ?", key);
    if (!row) throw new WorkbenchError("run-unknown", "The run has been deleted.");
    const config = deepFreeze(runConfigSchema.parse(JSON.parse(row.config)));
    if (this.#known.size >= mostRemembered) this.#known.clear();
    this.#known.set(key, config);
    return config;
  }
}

function deepFreeze<T extends object>(value: T): T {
  for (const part of Object.values(value)) if (typeof part === "object" && part !== null) deepFreeze(part as object);
  return Object.freeze(value);
}
