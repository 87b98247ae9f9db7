import type { Readable } from "node:stream";
import type { CsvTable } from "../../src-shared/contract/index.ts";
import { eventFileName, openArchive, openCsv, openRuns, openTensorBoard, type RunsToExport } from "../archive/index.ts";
import type { Workbench } from "../workbench.ts";
import { RefusedError, refusals } from "./refusal.ts";
import { attachment, type Reply } from "./reply.ts";
import type { ShellLimits } from "./shellLimits.ts";

export type DownloadLimits = Pick<ShellLimits, "downloadsAtOnce">;

/** Runs on their way out, as files to keep: made while they are sent, never whole in memory or on the disk. */
export class ArchiveDownloads {
  readonly #workbench: Workbench;
  readonly #limits: DownloadLimits;
  #underWay = 0;

  constructor(workbench: Workbench, limits: DownloadLimits) {
    this.#workbench = workbench;
    this.#limits = limits;
  }

  /**
   * The whole run as one file.
   * @throws RefusedError where it is one too many; WorkbenchError `run-unknown`, `run-state`, `run-folder-missing`
   */
  archive(run: string): Promise<Reply> {
    const { history, home } = this.#workbench;
    const { id } = history.runs.get(run);
    return this.#reply(`${id}.rwb.tar.gz`, "application/gzip", () => openArchive(history, home, id));
  }

  /**
   * Several runs, or a study, as one file.
   * @throws RefusedError where it is one too many; WorkbenchError `study-unknown`, `run-unknown`, `run-state`
   */
  collection(which: RunsToExport): Promise<Reply> {
    const { history, home } = this.#workbench;
    const name = "study" in which ? which.study : "runs";
    return this.#reply(`${name}.rwb.tar.gz`, "application/gzip", () => openRuns(history, home, which).archive);
  }

  /** Some of its numbers. @throws RefusedError where it is one too many; WorkbenchError `run-unknown` */
  csv(run: string, table: CsvTable): Promise<Reply> {
    const { history } = this.#workbench;
    const { id } = history.runs.get(run);
    return this.#reply(`${id}.${table}.csv`, "text/csv; charset=utf-8", () => openCsv(history, id, table));
  }

  /** Its numbers as an event file. @throws RefusedError where it is one too many; WorkbenchError `run-unknown` */
  tensorBoard(run: string): Promise<Reply> {
    const { history } = this.#workbench;
    const record = history.runs.get(run);
    return this.#reply(eventFileName(record), "application/octet-stream", () => openTensorBoard(history, record.id));
  }

  async #reply(name: string, type: string, open: () => Readable | Promise<Readable>): Promise<Reply> {
    if (this.#underWay >= this.#limits.downloadsAtOnce) throw new RefusedError(refusals.downloadsBusy);
    this.#underWay++;
    const done = () => void this.#underWay--;
    try {
      const body = (await open()).once("close", done);
      return { status: 200, type, body, headers: attachment(name) };
    } catch (error) {
      done();
      throw error;
    }
  }
}
