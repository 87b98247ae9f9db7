import type { DesktopChoices, DesktopRequest, OpenPurpose, SavePurpose } from "../../src-shared/contract/index.ts";

/** What the desktop shell does for its window, as the services know it: they are without Electron. */
export interface DesktopHost {
  /** @returns an absolute path; undefined where the person has cancelled */
  openFile(purpose: OpenPurpose): Promise<string | undefined>;
  /** @param name proposed, without a folder */
  saveFile(purpose: SavePurpose, name: string): Promise<string | undefined>;
  /** @param file of a report, absolute */
  openReport(file: string): Promise<void>;
  choices(): DesktopChoices;
  choose(changes: Partial<DesktopChoices>): DesktopChoices;
  /** Ends with the signal, or when another asks. */
  requests(signal: AbortSignal | undefined): AsyncGenerator<DesktopRequest, void, void>;
}
