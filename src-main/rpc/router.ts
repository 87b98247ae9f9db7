import { archiveProcedures } from "./archiveProcedures.ts";
import { comparisonProcedures } from "./comparisonProcedures.ts";
import { datasetProcedures } from "./datasetProcedures.ts";
import { desktopProcedures } from "./desktopProcedures.ts";
import { evaluationProcedures } from "./evaluationProcedures.ts";
import { exampleProcedures } from "./exampleProcedures.ts";
import { figureProcedures } from "./figureProcedures.ts";
import { implementation } from "./implementation.ts";
import { lesionProcedures } from "./lesionProcedures.ts";
import { liveProcedures } from "./liveProcedures.ts";
import { queueProcedures } from "./queueProcedures.ts";
import { ledgerProcedures, probeProcedures } from "./recordProcedures.ts";
import { reportProcedures } from "./reportProcedures.ts";
import { runProcedures } from "./runProcedures.ts";
import { seriesProcedures } from "./seriesProcedures.ts";
import { settingsProcedures } from "./settingsProcedures.ts";
import { doctorProcedures, setupProcedures } from "./setupProcedures.ts";
import { statusProcedures } from "./statusProcedures.ts";
import { storageProcedures } from "./storageProcedures.ts";
import { studyProcedures } from "./studyProcedures.ts";
import { versionProcedure } from "./versionProcedure.ts";

/** The contract over a workbench: the same for the window, for commands and for whoever comes by the local socket. */
export const router = implementation.router({
  version: versionProcedure,
  status: statusProcedures,
  live: liveProcedures,
  queue: queueProcedures,
  runs: runProcedures,
  series: seriesProcedures,
  evaluations: evaluationProcedures,
  probes: probeProcedures,
  lesions: lesionProcedures,
  ledger: ledgerProcedures,
  studies: studyProcedures,
  figures: figureProcedures,
  reports: reportProcedures,
  comparisons: comparisonProcedures,
  archive: archiveProcedures,
  example: exampleProcedures,
  datasets: datasetProcedures,
  doctor: doctorProcedures,
  setup: setupProcedures,
  settings: settingsProcedures,
  storage: storageProcedures,
  desktop: desktopProcedures,
});
