import { implementation } from "./implementation.ts";

const { reports: os } = implementation;

const usualList = 20;

export const reportProcedures = {
  list: os.list.handler(({ context: { workbench }, input: { most = usualList } }) => workbench.reports.list(most)),

  read: os.read.handler(async ({ context: { workbench }, input: { name, format } }) => ({
    text: await workbench.reports.read(name, format),
  })),
};
