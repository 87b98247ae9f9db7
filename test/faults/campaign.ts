import { parseArgs } from "node:util";
import { faults } from "./faults.ts";
import { strikeAll, type FaultRow } from "./strikeAll.ts";

/**
 * `npm run faults -- [--only NAME[,NAME]] [--kills N] [--seed N] [--short]`: every kind of fault, one after the other; a
 * table, and as the last line one of JSON. Exit code 1 on any broken promise, 2 on wrong usage.
 */
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

function table(rows: readonly FaultRow[]): string {
  const width = Math.max(...rows.map(({ name }) => name.length));
  return rows
    .map(({ name, count, outcome, violations, seconds }) => {
      const verdict = violations.length > 0 ? `BROKEN: ${violations.join("; ")}` : outcome;
      return `${name.padEnd(width)}  ${String(count).padStart(4)}  ${seconds.toFixed(0).padStart(5)} s  ${verdict}`;
    })
    .join("\n");
}

const say = (text: string) => process.stderr.write(`${text}\n`);

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
  const chosen = faults.filter(({ name }) => only.includes(name));
  const told = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => told.abort());
  const rows = await strikeAll(chosen, { long: !short, kills, seed, atOnce: 1, signal: told.signal, say });
  const ok = !told.signal.aborted && rows.every(({ violations }) => violations.length === 0);
  process.stdout.write(`${table(rows)}\n${JSON.stringify({ ok, seed, faults: rows })}\n`);
  process.exitCode = told.signal.aborted ? 130 : ok ? 0 : 1;
}
