import type { CheckLine, RepairId } from "../../src-shared/contract/index.ts";
import { listDatasets } from "../dataset/index.ts";
import { checkEngineAndDevices, type Check } from "../engine/checks.ts";
import { formatBytes } from "../engine/plan.ts";
import { describeStorage } from "../engine/storage.ts";

/** Below this, a long run's checkpoints and history may not fit. */
const littleRoomBytes = 1e9;

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
  const checks = [...(await checkEngineAndDevices()), await checkDatasets(home), checkStorage(home)];
  return checks.map((check) => ({ ...check, mend: check.mend ?? null, repair: repairOf(check) ?? null }));
}

/** The button for what a command would mend. */
function repairOf({ check, status }: Check): RepairId | undefined {
  if (status === "ok") return undefined;
  if (check === "data sets") return "dataset-cifar10";
  if (check !== "engine") return undefined;
  return status === "warning" ? "engine-gpu" : "engine";
}

async function checkDatasets(home: string): Promise<Check> {
  const check = "data sets";
  const found = (await listDatasets(home)).flatMap((entry) => {
    if (entry.status === "ready") return entry.dataset.source === "shapes" ? [] : [entry.dataset.title];
    return entry.status === "damaged" ? [`${entry.name} (damaged: rwb dataset verify ${entry.name})`] : [];
  });
  const detail = ["built-in shapes", ...found].join(", ");
  if (found.length > 0) return { check, status: "ok", detail };
  const mend = "npx --no-install rwb dataset download cifar10";
  return { check, status: "warning", detail: `${detail} only`, mend };
}

function checkStorage(home: string): Check {
  const check = "storage";
  const { exists, writable, freeBytes, network } = describeStorage(home);
  const detail = `${home}${exists ? "" : " (not made yet)"}, ${formatBytes(freeBytes)} free`;
  const elsewhere = "Name another folder: --home DIR or RWB_HOME.";
  if (!writable) return { check, status: "missing", detail: `${detail}; it cannot be written to`, mend: elsewhere };
  if (network !== undefined) {
    const why = `on a network file system (${network}), where the history's database does not work`;
    return { check, status: "warning", detail: `${detail}; ${why}`, mend: `Move it to a local disk. ${elsewhere}` };
  }
  if (freeBytes < littleRoomBytes) {
    return { check, status: "warning", detail, mend: `Free some disk space. ${elsewhere}` };
  }
  return { check, status: "ok", detail };
}
