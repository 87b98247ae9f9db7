import type { Fault } from "./fault.ts";
import { clock } from "./kinds/clock.ts";
import { corruptCheckpoint } from "./kinds/corruptCheckpoint.ts";
import { divergence } from "./kinds/divergence.ts";
import { fullDisk } from "./kinds/fullDisk.ts";
import { hang } from "./kinds/hang.ts";
import { kills } from "./kinds/kills.ts";
import { memoryLimit } from "./kinds/memoryLimit.ts";
import { outOfMemory } from "./kinds/outOfMemory.ts";
import { readOnlyStart } from "./kinds/readOnlyStart.ts";
import { readOnlyWhileTraining } from "./kinds/readOnlyWhileTraining.ts";
import { standstill } from "./kinds/standstill.ts";
import { truncatedHistory } from "./kinds/truncatedHistory.ts";
import { twoMains } from "./kinds/twoMains.ts";

/** Every kind of fault. */
export const faults: readonly Fault[] = [
  kills,
  fullDisk,
  readOnlyStart,
  readOnlyWhileTraining,
  corruptCheckpoint,
  truncatedHistory,
  twoMains,
  clock,
  standstill,
  hang,
  outOfMemory,
  memoryLimit,
  divergence,
];
