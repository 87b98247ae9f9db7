import type { Run } from "../../../src-shared/contract/index.ts";
import { trainedMs } from "./runTable.ts";

/** A run's line in a table to keep: numbers in full, fractions and seconds, times as ISO 8601 says. */
const cells: Readonly<Record<string, (run: Run, nowMs: number) => string | number | null>> = {
  id: ({ id }) => id,
  status: ({ status }) => status,
  family: ({ family }) => family,
  depth: ({ depth }) => depth,
  shortcut: ({ shortcut }) => shortcut,
  seed: ({ seed }) => seed,
  dataset: ({ dataset }) => dataset,
  recipe: ({ recipe }) => recipe,
  scale: ({ scale }) => scale,
  studies: ({ studies }) => studies.join("; "),
  iteration: ({ iteration }) => iteration,
  iterations: ({ iterations }) => iterations,
  loss: ({ loss }) => loss,
  lastTestAccuracy: ({ testAccuracy }) => testAccuracy,
  bestOnTestSet: ({ bestTestAccuracy }) => bestTestAccuracy,
  imagesPerSecond: ({ imagesPerSecond }) => imagesPerSecond,
  trainedSeconds: (run, nowMs) => {
    const ms = trainedMs(run, nowMs);
    return ms === null ? null : ms / 1000;
  },
  tags: ({ tags }) => tags.join("; "),
  created: ({ createdMs }) => new Date(createdMs).toISOString(),
};

/** As RFC 4180 has it, with "\n" at the end of lines. What a spreadsheet would take for a formula stays text. */
export function runsCsv(runs: readonly Run[], nowMs: number): string {
  const names = Object.keys(cells);
  const lines = runs.map((run) => names.map((name) => quoted(cells[name](run, nowMs))).join(","));
  return `${[names.join(","), ...lines].join("\n")}\n`;
}

function quoted(value: string | number | null): string {
  if (value === null) return "";
  const text = typeof value === "string" && /^[=+@\t-]/.test(value) ? `'${value}` : String(value);
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
