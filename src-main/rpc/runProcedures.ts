import { parseSetting, withSettings } from "../../src-shared/configSettings.ts";
import type { RunRecord } from "../history/index.ts";
import { existingRunFolder } from "../runner/runFolders.ts";
import type { Workbench } from "../workbench.ts";
import { implementation, liveOf } from "./implementation.ts";
import { toWireDetail, toWireRun } from "./wireRun.ts";

const { runs: os } = implementation;

/** Ids may be the beginning of one: the whole of it. */
const wholeId = ({ history }: Workbench, run: string): string => history.runs.get(run).id;

const detailOf = (workbench: Workbench, run: RunRecord) =>
  toWireDetail(run, liveOf(workbench, run.id), existingRunFolder(workbench.home, run.id)?.path);

export const runProcedures = {
  list: os.list.handler(({ context: { workbench }, input: { study, trash } }) => {
    const { history } = workbench;
    if (study !== undefined) history.studies.get(study);
    const runs = history.runs.list({ study });
    if (trash) runs.push(...history.runs.list({ study, trashed: true }));
    return runs.map((run) => toWireRun(run, liveOf(workbench, run.id), study));
  }),

  show: os.show.handler(({ context: { workbench }, input }) =>
    detailOf(workbench, workbench.history.runs.get(input.run)),
  ),

  act: os.act.handler(({ context: { workbench }, input: { run, action } }) => {
    const id = wholeId(workbench, run);
    workbench.queue.act(id, action);
    // Looked at anew: a queue with room may have started it at once.
    return toWireRun(workbench.history.runs.get(id), liveOf(workbench, id));
  }),

  fork: os.fork.handler(({ context: { workbench }, input: { run, from, set } }) => {
    const settings = set.map(parseSetting);
    const id = wholeId(workbench, run);
    return toWireRun(workbench.runs.fork(id, from, (config) => withSettings(config, settings)));
  }),

  trash: os.trash.handler(({ context: { workbench }, input }) =>
    toWireRun(workbench.runs.trash(wholeId(workbench, input.run))),
  ),

  restore: os.restore.handler(({ context: { workbench }, input }) =>
    toWireRun(workbench.runs.restore(wholeId(workbench, input.run))),
  ),

  purge: os.purge.handler(({ context: { workbench }, input }) => {
    const id = wholeId(workbench, input.run);
    workbench.runs.purge(id);
    return { id };
  }),

  update: os.update.handler(({ context: { workbench }, input: { run, ...changes } }) =>
    detailOf(workbench, workbench.history.runs.update(wholeId(workbench, run), changes)),
  ),
};
