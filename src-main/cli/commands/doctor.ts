import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { Command } from "commander";
import { z } from "zod";
import type { Check } from "../../engine/checks.ts";
import { datasetsFolder, workbenchHome } from "../../home.ts";
import { printJson, printLine } from "../output.ts";

const examples = `
Examples:
  rwb doctor                      what works, and the command that mends the rest
  rwb doctor --json               one object a line: {"check","status":"ok"|"warning"|"missing","detail","mend"?}

Exit code: 0 when a network can be trained, 3 when something that this needs is missing.`;

/** Below this, a long run's checkpoints and history may not fit. */
const littleRoomBytes = 1e9;

const datasetName = z.object({
  name: z.string().optional(),
  title: z.string().optional(),
  source: z.string().optional(),
});

/** Title, or name, or else the folder's own, of each prepared data set under the home. */
function datasetTitles(home: string): string[] {
  const folder = datasetsFolder(home);
  if (!existsSync(folder)) return [];
  return readdirSync(folder).flatMap((name) => {
    const file = path.join(folder, name, "dataset.json");
    if (!existsSync(file)) return [];
    try {
      const dataset = datasetName.parse(JSON.parse(readFileSync(file, "utf8")));
      // the built-in one lies there too once it was drawn
      return dataset.source === "shapes" ? [] : [dataset.title ?? dataset.name ?? name];
    } catch {
      return [`${name} (its dataset.json is damaged: rwb dataset verify ${name})`];
    }
  });
}

function checkDatasets(home: string): Check {
  const titles = datasetTitles(home);
  const detail = ["built-in shapes", ...titles].join(", ");
  if (titles.length > 0) return { check: "data sets", status: "ok", detail };
  return {
    check: "data sets",
    status: "warning",
    detail: `${detail} only`,
    mend: "npx --no-install rwb dataset download cifar10",
  };
}

async function checkStorage(home: string): Promise<Check> {
  const { describeStorage } = await import("../../engine/storage.ts");
  const { formatBytes } = await import("../../engine/plan.ts");
  const check = "storage";
  const { exists, writable, freeBytes, network } = describeStorage(home);
  const detail = `${home}${exists ? "" : " (not made yet)"}, ${formatBytes(freeBytes)} free`;
  const elsewhere = "Name another folder: --home DIR or RWB_HOME.";
  if (!writable) return { check, status: "missing", detail: `${detail}; it cannot be written to`, mend: elsewhere };
  if (network !== undefined) {
    const why = `on a network file system (${network}), where the history's database does not work`;
    return { check, status: "warning", detail: `${detail}; ${why}`, mend: `Move it to a local disk. ${elsewhere}` };
  }
  if (freeBytes < littleRoomBytes)
    return { check, status: "warning", detail, mend: `Free some disk space. ${elsewhere}` };
  return { check, status: "ok", detail };
}

function printCheck({ check, status, detail, mend }: Check): void {
  printLine(`${status.padEnd(8)} ${check.padEnd(10)} ${detail}`);
  if (mend !== undefined) printLine(`${" ".repeat(20)}-> ${mend}`);
}

async function run(options: { home?: string; json?: boolean }): Promise<void> {
  const { checkEngineAndDevices } = await import("../../engine/checks.ts");
  const home = workbenchHome(options.home);
  const checks = [...(await checkEngineAndDevices()), checkDatasets(home), await checkStorage(home)];
  for (const check of checks) {
    if (options.json) printJson(check);
    else printCheck(check);
  }
  if (checks.some(({ status }) => status === "missing")) process.exitCode = 3;
}

/** `rwb doctor`: engine, devices, precision, data sets and storage. */
export function doctorCommand(): Command {
  return new Command("doctor")
    .description("engine, devices, precision support, data sets, storage: what works, what mends the rest")
    .addHelpText("after", examples)
    .action(run);
}
