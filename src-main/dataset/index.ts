/** Data sets of a workbench folder, from the outside; the modules are named after what they hold. */
export { addDataset, type AddOptions } from "./addDataset.ts";
export { augmentedImages, type AugmentedOptions } from "./augmentedImages.ts";
export { createPlanner, type BatchPlan, type Planner, type PlannerOptions } from "./batchPlan.ts";
export { datasetsHere, trainImagesIn } from "./datasetsHere.ts";
export { decodeImage } from "./decodeImage.ts";
export { downloadDataset, type DownloadOptions } from "./downloadDataset.ts";
export { downloads, isDownloadable, type DownloadName } from "./downloads.ts";
export { listDatasets, type DatasetEntry } from "./listDatasets.ts";
export { openDataset, readDataset } from "./openDataset.ts";
export {
  dataFile,
  imageBytes,
  imageChannels,
  imageSide,
  type DatasetDescription,
  type PreparedDataset,
} from "./preparedDataset.ts";
export { readImages } from "./readImages.ts";
export { removeDataset } from "./removeDataset.ts";
export { imageStatistics, type ImageStatistics } from "./statistics.ts";
export { splitValidation, type ValidationSplit } from "./validationSplit.ts";
export { verifyDataset } from "./verifyDataset.ts";
