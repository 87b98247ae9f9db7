import { parseSetting, withSettings } from "../../src-shared/configSettings.ts";
import { mostRunsAtOnce } from "../../src-shared/contract/index.ts";
import { packPrediction } from "../../src-shared/contract/packedPrediction.ts";
import { tagsKeepingExample } from "../../src-shared/example.ts";
import { imageChannels, imageSide } from "../dataset/index.ts";
import type { RunRecord } from "../history/index.ts";
import { predictImage } from "../runner/predictImage.ts";
import { existingRunFolder } from "../runner/runFolders.ts";
import type { Workbench } from "../workbench.ts";
import { implementation, liveOf } from "./implementation.ts";
import { feedOf } from "./live/liveFeed.ts";
import { ownTurn } from "./turns.ts";
import { toWireDetail, toWireRun } from "./wireRun.ts";

const { runs: os } = implementation;

/** Ids may be the beginning of one: the whole of it. */
const wholeId = ({ history }: Workbench, run: string): string => history.runs.get(run).id;

const detailOf = (workbench: Workbench, run: RunRecord) =>
  toWireDetail(run, liveOf(workbench, run.id), existingRunFolder(workbench.home, run.id)?.path);

/** A run whose place in the queue, or in a study, may be another now. */
const noteRun = (workbench: Workbench, id: string): void =>
  feedOf(workbench).note({ runs: [id], queue: true, studies: true });

export const runProcedures = {
  list: os.list.handler(
    async ({ context: { workbench }, input: { study, trash, ids, skip = 0, most = mostRunsAtOnce } }) => {
      const { history } = workbench;
      if (study !== undefined) history.studies.get(study);
      const runs = ids
        ? ids.flatMap((id) => history.runs.find(id) ?? []).slice(skip, skip + most)
        : history.runs.list({ study, trashed: trash ? "too" : false }, { skip, most });
      // To read thousands, and then to check and send them, are two turns.
      await ownTurn();
      return runs.map((run) => toWireRun(run, liveOf(workbench, run.id), study));
    },
  ),

  show: os.show.handler(({ context: { workbench }, input }) =>
    detailOf(workbench, workbench.history.runs.get(input.run)),
  ),

  act: os.act.handler(({ context: { workbench }, input: { run, action } }) => {
    const id = wholeId(workbench, run);
    workbench.queue.act(id, action);
    noteRun(workbench, id);
    // Looked at anew: a queue with room may have started it at once.
    return toWireRun(workbench.history.runs.get(id), liveOf(workbench, id));
  }),

  fork: os.fork.handler(async ({ context: { workbench }, input: { run, from, set } }) => {
    const settings = set.map(parseSetting);
    const id = wholeId(workbench, run);
    const fork = await workbench.runs.fork(id, from, (config) => withSettings(config, settings));
    noteRun(workbench, fork.id);
    return toWireRun(fork);
  }),

  trash: os.trash.handler(({ context: { workbench }, input }) => {
    const run = workbench.runs.trash(wholeId(workbench, input.run));
    noteRun(workbench, run.id);
    return toWireRun(run);
  }),

  restore: os.restore.handler(({ context: { workbench }, input }) => {
    const run = workbench.runs.restore(wholeId(workbench, input.run));
    noteRun(workbench, run.id);
    return toWireRun(run);
  }),

  purge: os.purge.handler(({ context: { workbench }, input }) => {
    const id = wholeId(workbench, input.run);
    workbench.runs.purge(id);
    noteRun(workbench, id);
    return { id };
  }),

  update: os.update.handler(({ context: { workbench }, input: { run, tags, ...changes } }) => {
    const before = workbench.history.runs.get(run);
    const kept = tags && tagsKeepingExample(tags, before);
    const updated = workbench.history.runs.update(before.id, { ...changes, tags: kept });
    feedOf(workbench).note({ runs: [updated.id] });
    return detailOf(workbench, updated);
  }),

  predict: os.predict.handler(async ({ context: { workbench }, input: { run, checkpoint, image }, signal }) => {
    const found = workbench.history.runs.get(run);
    const prediction = await predictImage(workbench.home, found, { checkpoint, image }, signal);
    return new Blob([packPrediction({ run: found.id, side: imageSide, channels: imageChannels, ...prediction })]);
  }),
};
