/** A run as one file, to keep or to hand on, and its numbers as tables. */
export { exportArchive, openArchive } from "./exportArchive.ts";
export { exportCsv, evaluationsCsv, openCsv, type CsvFiles } from "./exportCsv.ts";
export { importArchive, importedTag } from "./importArchive.ts";
