import type { ContractRouterClient } from "@orpc/contract";
import { archiveContract } from "./archiveContract.ts";
import { comparisonContract } from "./comparisonContract.ts";
import { datasetContract } from "./datasetContract.ts";
import { desktopContract } from "./desktopContract.ts";
import { evaluationContract } from "./evaluationContract.ts";
import { exampleContract } from "./exampleContract.ts";
import { figureContract } from "./figureContract.ts";
import { ledgerContract } from "./ledgerContract.ts";
import { lesionContract } from "./lesionContract.ts";
import { liveContract } from "./liveContract.ts";
import { probeContract } from "./probeContract.ts";
import { queueContract } from "./queueContract.ts";
import { reportContract } from "./reportContract.ts";
import { runContract } from "./runContract.ts";
import { seriesContract } from "./seriesContract.ts";
import { settingsContract } from "./settingsContract.ts";
import { doctorContract, setupContract } from "./setupContract.ts";
import { statusContract } from "./statusContract.ts";
import { storageContract } from "./storageContract.ts";
import { studyContract } from "./studyContract.ts";
import { versionProcedure } from "./versionContract.ts";

/** What a main is there for: a command that works the queue, a shell with a window, or a command that is done soon. */
export const mainPurposes = ["queue", "serve", "desktop", "command"] as const;
export type MainPurpose = (typeof mainPurposes)[number];

/**
 * The one contract between main and whoever uses it: the window over WebSocket or MessagePort, a command over the local
 * socket or in the same process. Foreseen failures are typed errors with a WorkbenchError's code, message and mend.
 */
export const contract = {
  version: versionProcedure,
  status: statusContract,
  live: liveContract,
  queue: queueContract,
  runs: runContract,
  series: seriesContract,
  evaluations: evaluationContract,
  probes: probeContract,
  lesions: lesionContract,
  ledger: ledgerContract,
  studies: studyContract,
  figures: figureContract,
  reports: reportContract,
  comparisons: comparisonContract,
  archive: archiveContract,
  example: exampleContract,
  datasets: datasetContract,
  doctor: doctorContract,
  setup: setupContract,
  settings: settingsContract,
  storage: storageContract,
  desktop: desktopContract,
};

/** @typeParam Context what a caller may say of how a call is to be made */
export type ServicesWith<Context extends object> = ContractRouterClient<typeof contract, Context>;
export type Services = ServicesWith<Record<never, never>>;

export * from "./archiveContract.ts";
export * from "./choices.ts";
export * from "./comparisonContract.ts";
export { contractHash } from "./contractHash.ts";
export * from "./datasetContract.ts";
export * from "./desktopContract.ts";
export * from "./evaluationContract.ts";
export * from "./exampleContract.ts";
export * from "./figureContract.ts";
export * from "./gridSchema.ts";
export * from "./ledgerContract.ts";
export * from "./lesionContract.ts";
export * from "./liveContract.ts";
export { unpackAugmented, type AugmentedImages } from "./packedAugmented.ts";
export { unpackImages, unpackLabels, type Images } from "./packedImages.ts";
export { unpackPrediction, type PredictionOfImage } from "./packedPrediction.ts";
export { labelStates, unpackPredictions, type PredictionsOfTest } from "./packedPredictions.ts";
export {
  unpackPiece,
  unpackSeries,
  type PlottedSeries,
  type SeriesForPlot,
  type SeriesPiece,
  type SeriesSummary,
} from "./packedSeries.ts";
export * from "./probeContract.ts";
export * from "./queueContract.ts";
export * from "./reportContract.ts";
export * from "./runContract.ts";
export * from "./runSchema.ts";
export * from "./seriesContract.ts";
export * from "./settingsContract.ts";
export * from "./setupContract.ts";
export * from "./statusContract.ts";
export * from "./storageContract.ts";
export * from "./studyContract.ts";
export { studyTemplates, templateNames, type TemplateName } from "./studyTemplates.ts";
export * from "./versionContract.ts";
export { workbenchErrorOf, type WireError } from "./wireError.ts";
export type { WorkStep } from "./workSchema.ts";
