import { mkdirSync } from "node:fs";
import { fileError } from "../../src-shared/errors.ts";
import { refuseNetworkFolder } from "./networkFileSystem.ts";

/**
 * Makes the workbench folder where there is none.
 * @throws WorkbenchError `history-network` (SQLite's locks and WAL do not work there), `permission`, `disk-full`, `disk-read-only`
 */
export function makeHomeFolder(home: string): void {
  refuseNetworkFolder(home);
  try {
    mkdirSync(home, { recursive: true });
  } catch (error) {
    // What Node's recursive mkdir says on a read-only file system.
    const readOnly = (error as NodeJS.ErrnoException).code === "ENOENT";
    const cause = readOnly ? Object.assign(new Error("it is read-only"), { code: "EROFS" }) : error;
    throw fileError(cause, `making the workbench folder ${home}`);
  }
}
