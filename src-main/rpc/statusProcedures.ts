import os from "node:os";
import type { Status } from "../../src-shared/contract/index.ts";
import { describeDevices } from "../engine/index.ts";
import type { Workbench } from "../workbench.ts";
import { implementation } from "./implementation.ts";
import { machineLoad } from "./machineLoad.ts";

const { status } = implementation;

/** With a GPU, nvidia-smi takes up to a second. */
const devicesHoldMs = 60_000;
/** Foretelling a queue takes longer and longer with its length (2,000 runs: 0.15 s): `queue.plan` does it when asked. */
const mostForetold = 400;
/** At most a twentieth of the time is spent on it. */
const planHoldsMs = 2_000;
const planRestsTimes = 20;

interface Held<T> {
  readonly value: T;
  readonly untilMs: number;
}

let devices: Held<ReturnType<typeof describeDevices>> | undefined;
const queueEnds = new WeakMap<Workbench, Held<number | null>>();

export const statusProcedures = {
  get: status.get.handler(async ({ context: { workbench } }): Promise<Status> => {
    const { queue, history, resources } = workbench;
    const { cpu, gpus } = await devicesNow();
    const running = [...queue.active.keys()].flatMap((id) => history.runs.find(id) ?? []);
    const waiting = history.runs.waiting().filter(({ id }) => !queue.active.has(id));
    return {
      nowMs: Date.now(),
      device: {
        cpu: cpu.model,
        cores: cpu.cores,
        coresForTrainers: resources.cores,
        memoryBytes: cpu.memoryBytes,
        bfloat16: cpu.bfloat16 ?? null,
        gpus: gpus.map(({ name, memoryBytes }) => ({ name, memoryBytes })),
      },
      queue: { paused: queue.paused, running: running.length, waiting: waiting.length },
      imagesPerSecond: running.reduce((sum, { imagesPerSecond = 0 }) => sum + (imagesPerSecond || 0), 0),
      queueEndMs: isForetold(running.length + waiting.length) ? queueEnd(workbench) : null,
      load: { ...asArrays(machineLoad.samples()), memoryBytes: os.totalmem() },
      readOnly: history.newer?.message ?? null,
    };
  }),
};

const isForetold = (runs: number): boolean => runs > 0 && runs <= mostForetold;

const asArrays = ({ everyMs, cpu, memoryUsedBytes }: ReturnType<typeof machineLoad.samples>) => ({
  ...{ everyMs, cpu: [...cpu], memoryUsedBytes: [...memoryUsedBytes] },
});

function devicesNow(): ReturnType<typeof describeDevices> {
  const nowMs = performance.now();
  if (!devices || nowMs > devices.untilMs) devices = { value: describeDevices(), untilMs: nowMs + devicesHoldMs };
  return devices.value;
}

function queueEnd(workbench: Workbench): number | null {
  const startMs = performance.now();
  const held = queueEnds.get(workbench);
  if (held && startMs < held.untilMs) return held.value;
  const { queueEndMs } = workbench.planner.plan();
  const tookMs = performance.now() - startMs;
  const value = Number.isFinite(queueEndMs) ? Date.now() + Math.round(queueEndMs) : null;
  queueEnds.set(workbench, { value, untilMs: startMs + tookMs + Math.max(planHoldsMs, planRestsTimes * tookMs) });
  return value;
}
