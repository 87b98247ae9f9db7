import { readdirSync } from "node:fs";
import path from "node:path";
import Database from "better-sqlite3";
import { isActive, isWaiting, type RunStatus } from "../../src-shared/runState.ts";
import { openHistory, type History, type RunRecord } from "../../src-main/history/index.ts";
import { checkpointNames } from "../../src-main/trainer/checkpoint.ts";
import { factsOf, type Facts } from "./facts.ts";
import { trainersOf } from "./processes.ts";
import { eventsOf, logLines, timesCounted } from "./runLog.ts";

/** What is expected of the run with a seed: an undisturbed one's facts, or only a status. */
export type Expected = ReadonlyMap<number, Facts | RunStatus>;

/**
 * Which promises a workbench folder does not keep once its main has ended: every run at its end and as an undisturbed
 * one; each line of each log read exactly once, each iteration in the series once; the database whole; no process and no
 * half-written file left.
 */
export function brokenPromises(home: string, expected: Expected): string[] {
  const history = openHistory({ home, readOnly: true });
  try {
    const runs = history.runs.list();
    return [
      ...(runs.length === expected.size ? [] : [`${runs.length} runs instead of ${expected.size}`]),
      ...runs.flatMap((run) => [
        ...statusProblems(run, expected.get(run.seed)),
        ...logProblems(history, home, run),
        ...leftovers(home, run.id),
        ...bitProblems(history, home, run, expected.get(run.seed)),
      ]),
      ...databaseProblems(home),
      ...trainersOf(home).map(({ pid, run }) => `orphan: trainer ${pid} of ${run}`),
    ];
  } finally {
    history.close();
  }
}

function statusProblems({ id, status, reason }: RunRecord, expected: Facts | RunStatus | undefined): string[] {
  const wanted = typeof expected === "string" ? expected : "finished";
  if (isActive(status) || isWaiting(status)) return [`${id} is stuck: ${status}`];
  return status === wanted ? [] : [`${id} is ${status} instead of ${wanted}: ${reason}`];
}

function logProblems(history: History, home: string, { id, status, config }: RunRecord): string[] {
  const { lines, bytes } = logLines(home, id);
  const read = history.logState(id);
  const problems: string[] = [];
  if (read.lines !== lines.length) problems.push(`${id}: ${read.lines} lines read of ${lines.length}`);
  if (read.unreadable > 0) problems.push(`${id}: ${read.unreadable} lines unreadable`);
  if (read.offset !== bytes) problems.push(`${id}: read up to byte ${read.offset} of ${bytes}`);
  if (status !== "finished") return problems;
  const { iterations } = config.training;
  const times = timesCounted(eventsOf(home, id));
  const once = [...times.values()].every((count) => count === 1);
  if (times.size !== iterations || !once) problems.push(`${id}: its log does not count each iteration once`);
  for (const name of ["loss", "accuracy", "learningRate", "stepMs"] as const) {
    const { from, values, gaps } = history.series.read(id, name);
    if (from !== 0 || values.length !== iterations || gaps.length > 0)
      problems.push(`${id}: its series ${name} has holes`);
  }
  return problems;
}

function bitProblems(
  history: History,
  home: string,
  { id }: RunRecord,
  expected: Facts | RunStatus | undefined,
): string[] {
  if (expected === undefined || typeof expected === "string") return [];
  const facts = factsOf(history, home, id);
  const names = new Set([...Object.keys(expected), ...Object.keys(facts)]);
  const other = [...names].filter((name) => facts[name] !== expected[name]);
  return other.slice(0, 3).map((name) => `${id}: ${name} is ${facts[name]}, undisturbed ${expected[name]}`);
}

/** What a killed writer began and nobody will end. */
function leftovers(home: string, id: string): string[] {
  const known = new Set(checkpointNames.map((name) => `${name}.safetensors`));
  const folder = path.join(home, "runs", id, "checkpoints");
  return readdirSync(folder).flatMap((name) => (known.has(name) ? [] : [`${id}: ${name} is left over`]));
}

function databaseProblems(home: string): string[] {
  const database = new Database(path.join(home, "workbench.sqlite"), { readonly: true });
  try {
    const result = database.pragma("integrity_check", { simple: true }) as string;
    return result === "ok" ? [] : [`integrity_check: ${result}`];
  } finally {
    database.close();
  }
}
