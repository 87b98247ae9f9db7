/** Data sets of a workbench folder, from the outside; the modules are named after what they hold. */
export { createPlanner, type BatchPlan, type Planner, type PlannerOptions } from "./batchPlan.ts";
export { openDataset } from "./openDataset.ts";
export {
  dataFile,
  imageBytes,
  imageChannels,
  imageSide,
  type DatasetDescription,
  type PreparedDataset,
} from "./preparedDataset.ts";
export { imageStatistics, type ImageStatistics } from "./statistics.ts";
export { splitValidation, type ValidationSplit } from "./validationSplit.ts";
