import type { ExampleLine } from "../../src-shared/contract/index.ts";
import { exampleArchive, exampleOf, openExample, removeExample } from "../archive/index.ts";
import type { Workbench } from "../workbench.ts";
import { implementation } from "./implementation.ts";
import { feedOf } from "./live/liveFeed.ts";

const { example: os } = implementation;

function lineOf({ history }: Workbench): ExampleLine {
  const open = exampleOf(history);
  const runs = [...(open?.runs ?? [])];
  return { offered: exampleArchive() !== undefined, study: open?.study ?? null, runs };
}

const changed = (workbench: Workbench, runs: readonly string[]): void =>
  feedOf(workbench).note({ runs, studies: true, settings: true });

export const exampleProcedures = {
  status: os.status.handler(({ context: { workbench } }) => lineOf(workbench)),

  open: os.open.handler(async ({ context: { workbench } }) => {
    const { history, home } = workbench;
    const { runs } = await openExample(history, home);
    changed(workbench, runs);
    return lineOf(workbench);
  }),

  remove: os.remove.handler(({ context: { workbench } }) => {
    const removed = removeExample(workbench.history, (id) => workbench.runs.purge(id));
    changed(workbench, removed?.runs ?? []);
    return lineOf(workbench);
  }),
};
