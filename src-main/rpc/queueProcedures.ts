import { statfs } from "node:fs/promises";
import type { PlannedRun, PreviewedRun } from "../../src-shared/contract/index.ts";
import { gridConfigs, trainingKey, type Grid } from "../../src-shared/grid.ts";
import type { RunConfig } from "../../src-shared/runConfig.ts";
import { ensureEngine } from "../engine/index.ts";
import type { Workbench } from "../workbench.ts";
import { implementation, liveOf } from "./implementation.ts";
import { feedOf } from "./live/liveFeed.ts";
import { streamNotes } from "./streamNotes.ts";
import { toWireRun } from "./wireRun.ts";

const { queue: os } = implementation;

const configsOf = (grid: Grid | undefined): RunConfig[] => (grid === undefined ? [] : gridConfigs(grid));
const cellOf = ({ network: { family, depth, shortcut }, seed }: RunConfig) => ({ family, depth, shortcut, seed });

export const queueProcedures = {
  preview: os.preview.handler(async ({ context: { workbench }, input: { grid } }) => {
    const { estimates, resources } = workbench;
    const configs = gridConfigs(grid);
    await estimates.require(configs.map(({ dataset }) => dataset));
    const runs = configs.map((config): PreviewedRun => {
      const { memoryBytes } = estimates.of(config, 1);
      const diskBytes = estimates.diskBytes(config);
      return { ...cellOf(config), memoryBytes, fits: memoryBytes <= resources.memoryBytes, diskBytes };
    });
    const { bavail, bsize } = await statfs(workbench.home);
    return { runs, availableBytes: resources.memoryBytes, freeDiskBytes: bavail * bsize };
  }),

  add: os.add.handler(async ({ context: { workbench }, input: { grid, study, threads } }) => {
    const { history, runs, studies } = workbench;
    const requests = gridConfigs(grid).map((config) => ({ config, recipe: grid.recipe, scale: grid.scale, threads }));
    const note = (ids: readonly string[]) => feedOf(workbench).note({ runs: ids, queue: true, studies: true });
    if (study === undefined) {
      const alone = await runs.add(requests);
      note(alone.map(({ id }) => id));
      return { runs: alone.map((run) => toWireRun(run)), linked: [] };
    }
    const added = new Set((await studies.addRuns(study, grid, requests)).map(({ id }) => id));
    const wanted = new Set(requests.map(({ config }) => trainingKey(config)));
    const belonging = history.runs.list({ study }).filter(({ config }) => wanted.has(trainingKey(config)));
    note(belonging.map(({ id }) => id));
    return {
      runs: belonging.filter(({ id }) => added.has(id)).map((run) => toWireRun(run, undefined, study)),
      linked: belonging
        .filter(({ id }) => !added.has(id))
        .map((run) => toWireRun(run, liveOf(workbench, run.id), study)),
    };
  }),

  list: os.list.handler(({ context: { workbench } }) => {
    const { queue, history } = workbench;
    const active = [...queue.active.keys()].map((id) => history.runs.get(id));
    const waiting = history.runs.waiting().filter(({ id }) => !queue.active.has(id));
    const paused = history.runs.list({ statuses: ["paused"] });
    const runs = [...active, ...waiting, ...paused].map((run) => toWireRun(run, liveOf(workbench, run.id)));
    return { paused: queue.paused, runs };
  }),

  pause: os.pause.handler(({ context: { workbench } }) => {
    workbench.queue.pause();
    feedOf(workbench).note({ queue: true });
    return { paused: workbench.queue.paused };
  }),

  resume: os.resume.handler(({ context: { workbench } }) => {
    workbench.queue.resume();
    feedOf(workbench).note({ queue: true });
    return { paused: workbench.queue.paused };
  }),

  move: os.move.handler(({ context: { workbench }, input: { run, position } }) => {
    const { history, queue } = workbench;
    history.runs.move(history.runs.get(run).id, position);
    queue.changed();
    feedOf(workbench).note({ queue: true });
    return history.runs.waiting().map((waiting) => toWireRun(waiting));
  }),

  plan: os.plan.handler(async ({ context: { workbench }, input: { grid } }) => {
    const additional = configsOf(grid);
    await workbench.estimates.lookUp(additional.map(({ dataset }) => dataset));
    const nowMs = Date.now();
    const { runs, queueEndMs } = workbench.planner.plan(additional);
    const fromNow = (ms: number | undefined) => (ms === undefined ? null : nowMs + Math.round(ms));
    const added = runs.length - additional.length;
    return {
      nowMs,
      runs: runs.map(({ id, startMs, endMs, threads, speed }, index): PlannedRun => ({
        id,
        ...(index < added ? plannedRun(workbench, id) : newRun(additional[index - added])),
        startMs: fromNow(startMs),
        endMs: fromNow(endMs),
        threads: threads ?? null,
        speed,
      })),
      queueEndMs: nowMs + Math.round(queueEndMs),
    };
  }),

  largestScale: os.largestScale.handler(async ({ context: { workbench }, input: { grid, untilMs } }) => {
    await workbench.estimates.lookUp(gridConfigs(grid).map(({ dataset }) => dataset));
    return { scale: workbench.planner.largestScale(grid, untilMs - Date.now()) ?? null };
  }),

  calibrate: os.calibrate.handler(async function* ({ context: { workbench }, input: { grid } }) {
    yield* streamNotes(async (onNote) => {
      await ensureEngine();
      await workbench.planner.calibrate(configsOf(grid), onNote);
    });
  }),
};

function plannedRun({ history, queue }: Workbench, id: string) {
  const { status, family, depth, shortcut, seed, iteration, iterations } = history.runs.get(id);
  const live = queue.active.get(id)?.live.iteration;
  return { status, family, depth, shortcut, seed, iteration: live ?? iteration, iterations };
}

const newRun = (config: RunConfig) =>
  ({ status: "new", ...cellOf(config), iteration: 0, iterations: config.training.iterations }) as const;
