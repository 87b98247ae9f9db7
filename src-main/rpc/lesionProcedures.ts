import type { WorkStep } from "../../src-shared/contract/index.ts";
import type { Lesion } from "../../src-shared/lesion.ts";
import { measureLesion } from "../runner/measureLesion.ts";
import { implementation } from "./implementation.ts";
import { feedOf } from "./live/liveFeed.ts";
import { streamWork } from "./work/streamWork.ts";

const { lesions: os } = implementation;

type Step = Extract<WorkStep, { type: "progress" }> | { readonly type: "done"; readonly lesion: Lesion };

export const lesionProcedures = {
  measure: os.measure.handler(({ context: { workbench }, input: { run }, signal }) => {
    const { history, home } = workbench;
    const found = history.runs.get(run);
    return streamWork<Step>(async (onStep, stop) => {
      const onPass = (done: number, total: number): void =>
        onStep({ type: "progress", title: found.id, done, total, unit: "networks" });
      const lesion = await measureLesion(home, found, onPass, stop);
      history.lesions.put(found.id, lesion);
      feedOf(workbench).note({ runs: [found.id], studies: true });
      onStep({ type: "done", lesion });
    }, signal);
  }),

  read: os.read.handler(({ context: { workbench }, input: { run } }) => {
    const { history } = workbench;
    return history.lesions.of(history.runs.get(run).id) ?? null;
  }),
};
