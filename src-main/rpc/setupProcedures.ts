import type { RepairId, WorkStep } from "../../src-shared/contract/index.ts";
import { examine } from "./doctor.ts";
import { implementation } from "./implementation.ts";
import { feedOf } from "./live/liveFeed.ts";
import { runWork } from "./work/runWork.ts";
import { streamWork } from "./work/streamWork.ts";
import type { Work } from "./work/workMessage.ts";

const { doctor, setup } = implementation;

/** What each repair is: nothing of it comes from the client. */
const repairs: Readonly<Record<RepairId, (home: string) => Work>> = {
  engine: () => ({ kind: "engine", force: false }),
  "engine-cpu": () => ({ kind: "engine", device: "cpu", force: false }),
  "engine-gpu": () => ({ kind: "engine", device: "gpu", force: false }),
  "engine-rebuild": () => ({ kind: "engine", force: true }),
  "dataset-cifar10": (home) => ({ kind: "dataset-download", home, name: "cifar10", replace: false }),
};

export const doctorProcedures = {
  run: doctor.run.handler(({ context: { workbench } }) => examine(workbench.home)),
};

export const setupProcedures = {
  repair: setup.repair.handler(async function* ({ context: { workbench }, input: { repair }, signal }) {
    yield* streamWork<WorkStep | { type: "done" }>(async (onStep, stop) => {
      try {
        await runWork(repairs[repair](workbench.home), onStep, stop);
      } finally {
        feedOf(workbench).note({ engine: true, datasets: true });
      }
      onStep({ type: "done" });
    }, signal);
  }),
};
