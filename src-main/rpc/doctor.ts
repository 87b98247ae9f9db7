import type { CheckLine, RepairId } from "../../src-shared/contract/index.ts";
import { checkWorkbench } from "../doctor.ts";
import type { Check } from "../engine/checks.ts";

const underWay = new Map<string, Promise<CheckLine[]>>();

/**
 * What works and what mends the rest: engine and devices (about a second), data sets, storage. The engine is loaded in a
 * process of its own: all who ask at the same time get one answer.
 */
export function examine(home: string): Promise<CheckLine[]> {
  let examination = underWay.get(home);
  if (!examination) {
    examination = examineNow(home).finally(() => underWay.delete(home));
    underWay.set(home, examination);
  }
  return examination;
}

async function examineNow(home: string): Promise<CheckLine[]> {
  return (await checkWorkbench(home)).map((check) => ({
    ...check,
    mend: check.mend ?? null,
    repair: repairOf(check) ?? null,
  }));
}

/** The button for what a command would mend. */
function repairOf({ check, status }: Check): RepairId | undefined {
  if (status === "ok") return undefined;
  if (check === "data sets") return "dataset-cifar10";
  if (check !== "engine") return undefined;
  return status === "warning" ? "engine-gpu" : "engine";
}
