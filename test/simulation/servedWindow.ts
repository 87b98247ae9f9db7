import type { Workbench } from "../../src-main/workbench.ts";
import { openWorkbench } from "../../src-main/workbench.ts";
import { startBrowserShell } from "../../src-main/server/index.ts";

/** The browser shell on a workbench folder, in this process, whose queue is not worked. */
export interface ServedWindow {
  readonly workbench: Workbench;
  link(): string;
  close(): Promise<void>;
}

/** @param play makes of the workbench what the window is to see */
export async function serveWindow(
  home: string,
  play: (workbench: Workbench) => Workbench | Promise<Workbench> = (workbench) => workbench,
): Promise<ServedWindow> {
  const workbench = await openWorkbench({ home });
  const context = { workbench: await play(workbench), purpose: "serve" } as const;
  const shell = await startBrowserShell({ context, port: 0, onNote: (text) => process.stderr.write(`${text}\n`) });
  return {
    workbench: context.workbench,
    link: () => shell.link(),
    close: async () => {
      await shell.close();
      await workbench.close("it was looked at");
    },
  };
}
