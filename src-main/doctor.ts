// Not by the index: doctor is to work where the image library does not load.
import { listDatasets } from "./dataset/listDatasets.ts";
import { checkEngineAndDevices, type Check } from "./engine/checks.ts";
import { formatBytes } from "./engine/plan.ts";
import { describeStorage } from "./engine/storage.ts";

/** Below this, a long run's checkpoints and history may not fit. */
const littleRoomBytes = 1e9;

/** What works on this machine and in this workbench folder, and what mends the rest. The engine is really loaded: about a second. */
export async function checkWorkbench(home: string): Promise<Check[]> {
  return [...(await checkEngineAndDevices()), await checkDatasets(home), checkStorage(home)];
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
