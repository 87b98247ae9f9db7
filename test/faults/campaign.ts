import { parseArgs } from "node:util";
import { faults } from "./faults.ts";
import type { FaultOptions, FaultResult } from "./fault.ts";
import { Lab } from "./lab.ts";

/**
 * `npm run faults -- [--only NAME[,NAME]] [--kills N] [--seed N] [--short]`: every kind of fault, one after the other; a
 * table, and as the last line one of JSON. Exit code 1 on any broken promise, 2 on wrong usage.
 */
interface Row extends FaultResult {
  readonly name: string;
  readonly seconds: number;
  readonly skipped?: string;
}

const usage = `npm run faults -- [--only NAME[,NAME]] [--kills N] [--seed N] [--short]
names: ${faults.map(({ name }) => name).join(", ")}`;

function readArguments() {
  const { values } = parseArgs({
    options: {
      only: { type: "string" },
      kills: { type: "string", default: "100" },
      seed: { type: "string", default: "1" },
      short: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  const only = values.only?.split(",") ?? faults.map(({ name }) => name);
  const unknown = only.find((name) => !faults.some((fault) => fault.name === name));
  const [kills, seed] = [Number(values.kills), Number(values.seed)];
  if (unknown !== undefined) throw new TypeError(`There is no fault '${unknown}'.`);
  if (!Number.isInteger(kills) || kills < 1 || !Number.isInteger(seed))
    throw new TypeError("--kills and --seed take whole numbers.");
  return { ...values, only, kills, seed };
}

async function strike(only: readonly string[], seed: number, options: FaultOptions): Promise<Row[]> {
  const lab = new Lab(seed);
  const rows: Row[] = [];
  try {
    for (const fault of faults.filter(({ name }) => only.includes(name))) {
      const { name, title } = fault;
      const skipped = fault.skip?.(options);
      if (skipped !== undefined) {
        rows.push({ name, count: 0, outcome: `skipped: ${skipped}`, violations: [], seconds: 0, skipped });
        continue;
      }
      process.stderr.write(`${name}: ${title} ...\n`);
      const startMs = performance.now();
      const result = await fault.strike(lab, options).catch((error: unknown): FaultResult => {
        return { count: 0, outcome: "", violations: [error instanceof Error ? error.message : String(error)] };
      });
      rows.push({ name, ...result, seconds: (performance.now() - startMs) / 1000 });
      for (const violation of result.violations) process.stderr.write(`  BROKEN: ${violation}\n`);
    }
  } finally {
    await lab.close();
  }
  return rows;
}

function table(rows: readonly Row[]): string {
  const width = Math.max(...rows.map(({ name }) => name.length));
  return rows
    .map(({ name, count, outcome, violations, seconds }) => {
      const verdict = violations.length > 0 ? `BROKEN: ${violations.join("; ")}` : outcome;
      return `${name.padEnd(width)}  ${String(count).padStart(4)}  ${seconds.toFixed(0).padStart(5)} s  ${verdict}`;
    })
    .join("\n");
}

let options: ReturnType<typeof readArguments>;
try {
  options = readArguments();
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n${usage}\n`);
  process.exit(2);
}
if (options.help) process.stdout.write(`${usage}\n`);
else {
  const { only, seed, kills, short } = options;
  const rows = await strike(only, seed, { long: !short, kills });
  const broken = rows.some(({ violations }) => violations.length > 0);
  process.stdout.write(`${table(rows)}\n${JSON.stringify({ ok: !broken, seed, faults: rows })}\n`);
  process.exitCode = broken ? 1 : 0;
}
