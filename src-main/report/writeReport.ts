import { mkdir } from "node:fs/promises";
import path from "node:path";
import { Readable } from "node:stream";
import type { ReportSummary } from "../../src-shared/contract/index.ts";
import { fileError } from "../../src-shared/errors.ts";
import { writeWholeFile } from "../archive/wholeFile.ts";
import type { History } from "../history/index.ts";
import { composeReport } from "./composeReport.ts";
import type { ReportRequest } from "./reportRequest.ts";

export interface WrittenReport {
  readonly summary: Omit<ReportSummary, "name">;
  /** Absolute; page and Markdown. */
  readonly files: readonly string[];
}

/**
 * Writes `BASE.html` and `BASE.md` into a folder, which is made where there is none.
 * @throws WorkbenchError `study-unknown`, `disk-full`, `permission`, `disk-read-only`
 */
export async function writeReport(
  history: History,
  request: ReportRequest,
  { folder, base }: { readonly folder: string; readonly base: string },
): Promise<WrittenReport> {
  const { html, markdown, counts } = await composeReport(history, request);
  await mkdir(folder, { recursive: true }).catch((error: unknown) => {
    throw fileError(error, `making ${folder}`);
  });
  const files = [
    [path.resolve(folder, `${base}.html`), html],
    [path.resolve(folder, `${base}.md`), markdown],
  ] as const;
  for (const [file, text] of files) await writeWholeFile(file, Readable.from([Buffer.from(text)]));
  const { subject, writtenMs } = request;
  return {
    summary: { study: subject.kind === "study" ? subject.study : null, writtenMs, runs: counts },
    files: files.map(([file]) => file),
  };
}
