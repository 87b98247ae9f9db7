import { WorkbenchError } from "../../src-shared/errors.ts";
import {
  isActive,
  isEnd,
  isWaiting,
  runStatuses,
  statusAfter,
  type RunAction,
  type RunStatus,
} from "../../src-shared/runState.ts";
import type { Connection } from "./connection.ts";
import { addToLedger } from "./ledger.ts";
import { RunConfigs } from "./runConfigs.ts";
import { idsLike, runKey, runUnknown } from "./runKeys.ts";
import { runColumns, toRunRecord, type RunRow } from "./runRow.ts";
import type { NewRun, RunRecord } from "./types.ts";

export interface RunFilter {
  /** Name of a study. */
  readonly study?: string | undefined;
  readonly statuses?: readonly RunStatus[] | undefined;
  /** True: those in the trash alone. "too": those as well, after the others. Otherwise those that are not. */
  readonly trashed?: boolean | "too" | undefined;
  /** Those of any of these families, with any of these depths and seeds: ten thousand others need not be read for a grid. */
  readonly within?: Readonly<Record<"families" | "depths" | "seeds", readonly (string | number)[]>> | undefined;
}

/** A part of a list; all of it without. */
export interface Page {
  readonly skip?: number | undefined;
  readonly most?: number | undefined;
}

/** What a short list of many runs shows. */
export interface RunsOverview {
  readonly counts: Readonly<Record<RunStatus, number>>;
  /** Those that train, those that wait in the order of the queue, the paused ones, then the newest of all others. */
  readonly runs: readonly RunRecord[];
}

/** What a person may write on a run; what is undefined stays. */
export interface RunChanges {
  readonly tags?: readonly string[] | undefined;
  readonly notes?: string | undefined;
  readonly pinned?: boolean | undefined;
}

const overviewParts: readonly { readonly statuses: readonly RunStatus[]; readonly order: string }[] = [
  { statuses: runStatuses.filter(isActive), order: "runs.key" },
  { statuses: runStatuses.filter(isWaiting), order: "position, runs.key" },
  { statuses: ["paused"], order: "runs.key" },
  { statuses: runStatuses.filter(isEnd), order: "coalesce(ended_ms, created_ms) DESC, runs.key DESC" },
];

const waitingNow = "status IN ('queued', 'interrupted') AND trashed_ms IS NULL";

/** The runs of the history. Everything that changes one throws `run-unknown` where there is none of that (whole) id. */
export class Runs {
  readonly #connection: Connection;
  readonly #configs: RunConfigs;
  readonly #now: () => number;

  constructor(connection: Connection, now: () => number) {
    this.#connection = connection;
    this.#configs = new RunConfigs(connection);
    this.#now = now;
  }

  /**
   * Puts a run at the end of the queue, or, with a `status` that does not wait, beside it.
   * @throws WorkbenchError `run-state` where the id is taken
   */
  add(run: NewRun): RunRecord {
    const status = run.status ?? "queued";
    const endedMs = isEnd(status) ? (run.endedMs ?? run.createdMs) : undefined;
    return this.#connection.write("adding a run", () => {
      if (this.#connection.get("SELECT 1 FROM runs WHERE id = ?", run.id)) {
        throw new WorkbenchError("run-state", `There is a run '${run.id}' already.`, { mend: "Choose another id." });
      }
      this.#connection.run(
        `INSERT INTO runs (id, status, position, created_ms, started_ms, ended_ms, recipe, scale, deviations, threads, lanes,
           code_version, tags, notes, forked_run, forked_iteration, config)
         VALUES (?, ?, (SELECT coalesce(max(position), 0) + 1 FROM runs), ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
        run.id,
        status,
        run.createdMs,
        run.startedMs,
        endedMs,
        run.recipe,
        run.scale,
        JSON.stringify(run.deviations),
        run.threads,
        run.lanes,
        run.codeVersion,
        JSON.stringify(run.tags ?? []),
        run.notes ?? "",
        run.forkedFrom?.run,
        run.forkedFrom?.iteration,
        JSON.stringify(run.config),
      );
      return this.#byId(run.id);
    });
  }

  /** The run called `id`, or the only one whose id begins so. */
  find(id: string): RunRecord | undefined {
    const ids = idsLike(this.#connection, id);
    return ids.length === 1 ? this.#byId(ids[0]) : undefined;
  }

  /** @throws WorkbenchError `run-unknown`, with the closest id, or with those that begin so */
  get(id: string): RunRecord {
    const run = this.find(id);
    if (run) return run;
    throw runUnknown(this.#connection, id);
  }

  /** In the order in which they were added. Their `config` is there as long as the history is open. */
  list({ study, statuses, trashed = false, within }: RunFilter = {}, { skip = 0, most = -1 }: Page = {}): RunRecord[] {
    return this.#read(
      `(@trashed IS NULL OR (trashed_ms IS NOT NULL) = @trashed)
         AND (@statuses IS NULL OR status IN (SELECT value FROM json_each(@statuses)))
         AND (@study IS NULL OR runs.key IN
               (SELECT run FROM study_runs JOIN studies ON studies.key = study WHERE studies.name = @study))
         AND (@families IS NULL OR (family IN (SELECT value FROM json_each(@families))
               AND depth IN (SELECT value FROM json_each(@depths)) AND seed IN (SELECT value FROM json_each(@seeds))))
       ORDER BY ${trashed === "too" ? "trashed_ms IS NOT NULL, " : ""}runs.key LIMIT @most OFFSET @skip`,
      {
        trashed: trashed === "too" ? undefined : Number(trashed),
        statuses: statuses && JSON.stringify(statuses),
        families: within && JSON.stringify(within.families),
        depths: within && JSON.stringify(within.depths),
        seeds: within && JSON.stringify(within.seeds),
        ...{ study, most, skip },
      },
    );
  }

  /** Runs whose turn will come, in the order of the queue. */
  waiting(): RunRecord[] {
    return this.#read(`${waitingNow} ORDER BY position, runs.key`);
  }

  /** Without reading all of them: ten thousand rows take some 30 ms. @param most runs that are shown */
  overview(most: number): RunsOverview {
    const rows = this.#connection.all<{ status: RunStatus; count: number }>(
      "SELECT status, count(*) AS count FROM runs WHERE trashed_ms IS NULL GROUP BY status",
    );
    const none = Object.fromEntries(runStatuses.map((status) => [status, 0])) as Record<RunStatus, number>;
    const runs: RunRecord[] = [];
    for (const { statuses, order } of overviewParts) {
      runs.push(
        ...this.#read(
          `trashed_ms IS NULL AND status IN (SELECT value FROM json_each(@statuses)) ORDER BY ${order} LIMIT @most`,
          { statuses: JSON.stringify(statuses), most: most - runs.length },
        ),
      );
    }
    return { counts: { ...none, ...Object.fromEntries(rows.map(({ status, count }) => [status, count])) }, runs };
  }

  /**
   * Lets something happen to a run, as src-shared/runState.ts has it, and notes it in the ledger. A run that is taken up
   * again after its end goes to the end of the queue.
   * @throws WorkbenchError `run-state` where it makes no sense, or the run is in the trash
   */
  act(id: string, action: RunAction, { reason }: { reason?: string | undefined } = {}): RunRecord {
    return this.#connection.write("changing a run", () => {
      const run = this.#byId(id);
      if (run.trashedMs !== undefined) {
        throw new WorkbenchError("run-state", `${id} is in the trash.`, { mend: "Put it back first." });
      }
      const status = statusAfter(run.status, action);
      const nowMs = this.#now();
      this.#connection.run(
        `UPDATE runs SET status = ?, reason = ?, started_ms = ?, ended_ms = ? WHERE id = ?`,
        status,
        reason,
        run.startedMs ?? (action === "started" ? nowMs : undefined),
        isEnd(status) ? nowMs : undefined,
        id,
      );
      if (action === "retry") {
        this.#connection.run("UPDATE runs SET crashes = 0 WHERE id = ?", id);
        if (isEnd(run.status)) {
          this.#connection.run("UPDATE runs SET position = (SELECT max(position) + 1 FROM runs) WHERE id = ?", id);
        }
      }
      const detail = `${run.status} -> ${status}${reason === undefined ? "" : `: ${reason}`}`;
      this.#note(id, action, nowMs, detail);
      return this.#byId(id);
    });
  }

  /** What the run trains on from now on: others give other last bits. */
  setThreads(id: string, threads: number, lanes: number): void {
    this.#connection.write("changing a run", () =>
      this.#connection.run(
        "UPDATE runs SET threads = ?, lanes = ? WHERE key = ?",
        threads,
        lanes,
        runKey(this.#connection, id),
      ),
    );
  }

  /**
   * Moves a waiting run within the queue. The waiting runs share out the positions that they have, so that one which
   * trains at the moment keeps its place among them.
   *
   * @param index from 1 on; beyond the end means the end
   * @throws WorkbenchError `run-state` where the run does not wait
   */
  move(id: string, index: number): void {
    this.#connection.write("moving a run", () => {
      const key = runKey(this.#connection, id);
      const waiting = this.#connection.all<{ key: number; position: number }>(
        `SELECT key, position FROM runs WHERE ${waitingNow} ORDER BY position, key`,
      );
      const keys = waiting.map((run) => run.key).filter((other) => other !== key);
      if (keys.length === waiting.length) {
        throw new WorkbenchError("run-state", `${id} does not wait in the queue.`, { mend: "rwb queue list" });
      }
      keys.splice(Math.max(0, Math.trunc(index) - 1), 0, key);
      waiting.forEach(({ key: before, position }, i) => {
        if (keys[i] !== before) this.#connection.run("UPDATE runs SET position = ? WHERE key = ?", position, keys[i]);
      });
    });
  }

  update(id: string, { tags, notes, pinned }: RunChanges): RunRecord {
    return this.#connection.write("changing a run", () => {
      this.#connection.run(
        "UPDATE runs SET tags = coalesce(?, tags), notes = coalesce(?, notes), pinned = coalesce(?, pinned) WHERE key = ?",
        tags && JSON.stringify(tags),
        notes,
        pinned === undefined ? undefined : Number(pinned),
        runKey(this.#connection, id),
      );
      return this.#byId(id);
    });
  }

  /**
   * A trainer was lost. @returns how many in a row without a new checkpoint, this one included; a retry begins anew
   */
  recordLoss(id: string): number {
    return this.#connection.write("changing a run", () => {
      const key = runKey(this.#connection, id);
      this.#connection.run(
        `UPDATE runs SET
           crashes = CASE WHEN crashes > 0 AND made.count <= checkpoints_at_crash THEN crashes + 1 ELSE 1 END,
           checkpoints_at_crash = made.count
         FROM (SELECT count(*) AS count FROM ledger WHERE run = @key AND type = 'checkpointed') AS made
         WHERE key = @key`,
        { key },
      );
      return this.#connection.get<{ crashes: number }>("SELECT crashes FROM runs WHERE key = ?", key)!.crashes;
    });
  }

  /** @throws WorkbenchError `run-state` while a trainer has it */
  trash(id: string): RunRecord {
    return this.#connection.write("moving a run to the trash", () => {
      const run = this.#byId(id);
      this.#refuseActive(run);
      if (run.trashedMs === undefined) this.#setTrashed(id, this.#now());
      return this.#byId(id);
    });
  }

  /** Out of the trash, as it was; one that waited waits again. */
  restore(id: string): RunRecord {
    return this.#connection.write("taking a run out of the trash", () => {
      if (this.#byId(id).trashedMs !== undefined) this.#setTrashed(id, undefined);
      return this.#byId(id);
    });
  }

  /**
   * Every row of the run, for good. `History.purge` takes its folder too, and makes the file smaller.
   * @throws WorkbenchError `run-state` while a trainer has it
   */
  purge(id: string): void {
    this.#connection.write("deleting a run", () => {
      this.#refuseActive(this.#byId(id));
      this.#connection.run("DELETE FROM runs WHERE id = ?", id);
    });
  }

  #setTrashed(id: string, trashedMs: number | undefined): void {
    this.#connection.run("UPDATE runs SET trashed_ms = ? WHERE id = ?", trashedMs, id);
    this.#note(id, trashedMs === undefined ? "restored" : "trashed", this.#now());
  }

  #refuseActive({ id, status }: RunRecord): void {
    if (!isActive(status)) return;
    throw new WorkbenchError("run-state", `${id} is ${status}.`, { mend: "Stop or cancel it first." });
  }

  #note(id: string, type: RunAction | "trashed" | "restored", timeMs: number, detail?: string): void {
    addToLedger(this.#connection, runKey(this.#connection, id), { type, timeMs, detail });
  }

  #byId(id: string): RunRecord {
    const row = this.#connection.get<RunRow>(`SELECT ${runColumns} FROM runs WHERE runs.id = ?`, id);
    if (!row) throw runUnknown(this.#connection, id);
    // The copy has its configuration, which a list reads only when it is asked for.
    return { ...toRunRecord(row, this.#studiesOf(row.key), this.#configs) };
  }

  /** @param which SQL behind WHERE, with its `parameters` */
  #read(which: string, parameters: object = {}): RunRecord[] {
    const rows = this.#connection.all<RunRow>(`SELECT ${runColumns} FROM runs WHERE ${which}`, parameters);
    const keys = JSON.stringify(rows.map(({ key }) => key));
    const studies = this.#studiesByRun("run IN (SELECT value FROM json_each(@keys))", { keys });
    return rows.map((row) => toRunRecord(row, studies.get(row.key) ?? none, this.#configs));
  }

  #studiesOf(key: number): readonly string[] {
    return this.#studiesByRun("run = @key", { key }).get(key) ?? none;
  }

  /** Names of the studies of each run, in the order in which the studies were made. @param which SQL, of `run` */
  #studiesByRun(which: string, parameters: object = {}): ReadonlyMap<number, readonly string[]> {
    const studies = this.#connection.all<{ key: number; name: string }>("SELECT key, name FROM studies");
    const names = new Map(studies.map(({ key, name }) => [key, name]));
    const byRun = new Map<number, string[]>();
    const links = this.#connection.all<{ run: number; study: number }>(
      `SELECT run, study FROM study_runs WHERE ${which} ORDER BY study`,
      parameters,
    );
    for (const { run, study } of links) {
      const name = names.get(study)!;
      const known = byRun.get(run);
      if (known) known.push(name);
      else byRun.set(run, [name]);
    }
    return byRun;
  }
}

const none: readonly string[] = [];
