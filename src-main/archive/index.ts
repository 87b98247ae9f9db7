/** Runs as one file, to keep or to hand on, and a run's numbers as tables. */
export { exampleArchive, exampleOf, openExample, removeExample } from "./exampleStudy.ts";
export { exportArchive, openArchive } from "./exportArchive.ts";
export { exportCsv, evaluationsCsv, openCsv, type CsvFiles } from "./exportCsv.ts";
export { exportRuns, openRuns, type RunsToExport } from "./exportRuns.ts";
export { exportTensorBoard, openTensorBoard, eventFileName } from "./exportTensorBoard.ts";
export { importArchive, importedTag, importRuns, type Imported } from "./importArchive.ts";
