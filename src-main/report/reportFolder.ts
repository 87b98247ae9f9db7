import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import {
  reportNameSchema,
  reportSummarySchema,
  type ReportFormat,
  type ReportSummary,
} from "../../src-shared/contract/index.ts";
import { WorkbenchError } from "../../src-shared/errors.ts";

/** Reports that the queue has written: `NAME.html`, `NAME.md`, and `NAME.json` for lists. */
export const reportsFolder = (home: string): string => path.join(home, "reports");

export const reportFile = (home: string, name: string, format: ReportFormat): string =>
  path.join(reportsFolder(home), `${reportNameSchema.parse(name)}.${format}`);

const summaryEnding = ".json";

/** The newest reports, newest first. One that is only half there is none. */
export async function listReports(home: string, most: number): Promise<ReportSummary[]> {
  const folder = reportsFolder(home);
  const names = (await readdir(folder).catch(absent)) ?? [];
  const newest = names
    .filter((name) => name.endsWith(summaryEnding) && /^\d/.test(name))
    .toSorted()
    .toReversed()
    .slice(0, most);
  const read = await Promise.all(newest.map((name) => readSummary(path.join(folder, name))));
  return read.filter((summary) => summary !== undefined);
}

async function readSummary(file: string): Promise<ReportSummary | undefined> {
  const text = await readFile(file, "utf8").catch(absent);
  try {
    return text === undefined ? undefined : reportSummarySchema.parse(JSON.parse(text));
  } catch {
    return undefined; // another version of the program wrote it
  }
}

/** @throws WorkbenchError `report-unknown` */
export async function readReport(home: string, name: string, format: ReportFormat): Promise<string> {
  const text = await readFile(reportFile(home, name, format), "utf8").catch(absent);
  if (text !== undefined) return text;
  throw new WorkbenchError("report-unknown", `There is no report '${name}'.`, {
    mend: "The queue writes one each time that it has become empty; rwb study report STUDY --out DIR at any time.",
  });
}

function absent(error: unknown): undefined {
  if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
  throw error;
}

/** "2026-11-25-0640-depth", local time; a number behind it where there is such a report already. */
export function newReportName(home: string, study: string | undefined, nowMs: number): string {
  const time = new Date(nowMs);
  const two = (value: number): string => String(value).padStart(2, "0");
  const day = `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())}`;
  const base = `${day}-${two(time.getHours())}${two(time.getMinutes())}-${slug(study ?? "runs")}`;
  for (let count = 1; ; count++) {
    const name = count === 1 ? base : `${base}-${count}`;
    if (!existsSync(reportFile(home, name, "html"))) return name;
  }
}

/** What every file system and every address takes of a study's name. */
const slug = (study: string): string =>
  study
    .normalize("NFKD")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "")
    .slice(0, 80) || "study";
