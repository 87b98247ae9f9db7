import { Lab } from "../faults/lab.ts";
import { night } from "./night.ts";

/** `npm run night`: a table, and as the last line one of JSON. Exit code 1 where a promise was broken. */
const say = (text: string): void => void process.stderr.write(`${text}\n`);

const lab = new Lab();
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, () => void lab.close().finally(() => process.exit(130)));
}
try {
  const { violations, reports, seconds, ...counts } = await night({
    ...{ lab, depths: [8, 14, 20], alone: 2, kills: 2, iterations: 120, say },
  });
  const rows = [
    ...Object.entries({ ...counts, seconds: Math.round(seconds) }).map(([name, value]) => [name, String(value)]),
    ...reports.map(({ study, runs }) => [`report on ${study ?? "runs without a study"}`, `${runs.finished} finished, ${runs.diverged} diverged, ${runs.failed} failed`]),
    ["report against the logs", violations.length === 0 ? "complete and true" : `BROKEN: ${violations.join("; ")}`],
  ]; // prettier-ignore
  const width = Math.max(...rows.map(([name]) => name.length));
  process.stdout.write(`${rows.map(([name, value]) => `${name.padEnd(width)}  ${value}`).join("\n")}\n`);
  process.stdout.write(`${JSON.stringify({ ok: violations.length === 0, seconds, ...counts, violations })}\n`);
  process.exitCode = violations.length === 0 ? 0 : 1;
} finally {
  await lab.close();
}
