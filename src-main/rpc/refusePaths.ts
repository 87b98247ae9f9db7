import { WorkbenchError } from "../../src-shared/errors.ts";
import type { ServiceContext } from "./implementation.ts";

/** Over the network: to whoever reaches this machine's port and has been let in, its files are still not shown. */
export function refusePathOfOthers({ browser }: ServiceContext, mend: string): void {
  if (browser === "of any machine") throw pathRefused(mend);
}

/** A file of the machine on which main runs, by a path that a page has chosen: also of this machine's own browser. */
export function refusePathOfBrowsers({ browser }: ServiceContext, mend: string): void {
  if (browser !== undefined) throw pathRefused(mend);
}

const pathRefused = (mend: string): WorkbenchError =>
  new WorkbenchError("path-refused", "A browser may not name a file of the workbench's machine here.", { mend });
