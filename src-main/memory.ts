import { totalmem } from "node:os";

/** What trainers may use together: the machine's memory, or its container's, less a tenth for everything else. */
export function memoryForTrainers(): number {
  // 0 where there is no limit; without cgroups a number beyond any machine's.
  const limit = process.constrainedMemory();
  const whole = limit > 0 ? Math.min(limit, totalmem()) : totalmem();
  return 0.9 * whole;
}
