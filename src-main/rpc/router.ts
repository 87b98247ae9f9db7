import { contractVersion } from "../../src-shared/contract/index.ts";
import { codeVersion } from "../codeVersion.ts";
import { archiveProcedures } from "./archiveProcedures.ts";
import { implementation } from "./implementation.ts";
import { queueProcedures } from "./queueProcedures.ts";
import { runProcedures } from "./runProcedures.ts";
import { studyProcedures } from "./studyProcedures.ts";

/** The contract over a workbench: the same for the window, for commands and for whoever comes by the local socket. */
export const router = implementation.router({
  version: implementation.version.handler(({ context: { purpose } }) => ({
    contract: contractVersion,
    program: codeVersion(),
    purpose,
    processId: process.pid,
  })),
  queue: queueProcedures,
  runs: runProcedures,
  studies: studyProcedures,
  archive: archiveProcedures,
});
