import { WorkbenchError } from "../../src-shared/errors.ts";
import type { DesktopHost } from "./desktopHost.ts";
import { implementation, type ServiceContext } from "./implementation.ts";

const { desktop: os } = implementation;

function hostOf({ desktop }: ServiceContext): DesktopHost {
  if (desktop) return desktop;
  throw new WorkbenchError("usage", "Only the workbench's own window has the system's dialogs and its menus.", {
    mend: "npm start opens it, where Electron can be had.",
  });
}

export const desktopProcedures = {
  openFile: os.openFile.handler(async ({ context, input: { purpose } }) => ({
    path: (await hostOf(context).openFile(purpose)) ?? null,
  })),

  saveFile: os.saveFile.handler(async ({ context, input: { purpose, name } }) => ({
    path: (await hostOf(context).saveFile(purpose, name)) ?? null,
  })),

  openReport: os.openReport.handler(async ({ context, input: { name } }) => {
    const host = hostOf(context);
    await host.openReport(await context.workbench.reports.page(name));
    return { name };
  }),

  choices: os.choices.handler(({ context }) => hostOf(context).choices()),

  choose: os.choose.handler(({ context, input }) => hostOf(context).choose(input)),

  requests: os.requests.handler(({ context, signal }) => hostOf(context).requests(signal)),
};
