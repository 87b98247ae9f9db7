import { m } from "../../paraglide/messages.js";

/** A key of the configuration as the form shows it. */
export interface FieldSpec {
  readonly key: string;
  readonly label: () => string;
  /** Behind the value: "images", "iterations". */
  readonly unit?: () => string;
  readonly kind: "number" | "numbers" | "choice" | "flag";
  readonly choices?: readonly { readonly value: string; readonly label: () => string }[];
}

export interface FieldGroup {
  readonly title: () => string;
  readonly fields: readonly FieldSpec[];
}

const words = (texts: Readonly<Record<string, () => string>>): FieldSpec["choices"] =>
  Object.entries(texts).map(([value, label]) => ({ value, label }));

/** The learning rate has fields of its own (RateFields.svelte), the data set and the grid too. */
export const fieldGroups: readonly FieldGroup[] = [
  {
    title: m.newRuns_group_training,
    fields: [
      { key: "training.iterations", label: m.newRuns_iterations, unit: m.newRuns_unit_iterations, kind: "number" },
      { key: "training.batchSize", label: m.newRuns_batch, unit: m.newRuns_unit_images, kind: "number" },
      {
        ...{ key: "precision", label: m.newRuns_precision, kind: "choice" },
        choices: words({ float32: () => "float32", bfloat16: () => "bfloat16" }),
      },
      { key: "training.momentum", label: m.newRuns_momentum, kind: "number" },
      { key: "training.nesterov", label: m.newRuns_nesterov, kind: "flag" },
    ],
  },
  {
    title: m.newRuns_group_regularisation,
    fields: [
      { key: "training.weightDecay", label: m.newRuns_decay, kind: "number" },
      {
        ...{ key: "training.decays", label: m.newRuns_decays, kind: "choice" },
        choices: words({ all: m.newRuns_decays_all, kernels: m.newRuns_decays_kernels }),
      },
      { key: "training.labelSmoothing", label: m.newRuns_smoothing, kind: "number" },
    ],
  },
  {
    title: m.newRuns_group_data,
    fields: [
      { key: "validationImages", label: m.newRuns_validation, unit: m.newRuns_unit_images, kind: "number" },
      {
        ...{ key: "preprocessing", label: m.newRuns_preprocessing, kind: "choice" },
        choices: words({
          "per-pixel-mean": m.newRuns_preprocessing_pixel,
          "per-channel": m.newRuns_preprocessing_channel,
        }),
      },
      { key: "augmentation.padPixels", label: m.newRuns_pad, unit: m.newRuns_unit_pixels, kind: "number" },
      { key: "augmentation.flipProbability", label: m.newRuns_flip, kind: "number" },
    ],
  },
  {
    title: m.newRuns_group_record,
    fields: [
      {
        ...{ key: "evaluation.everyIterations", label: m.newRuns_evaluation, kind: "number" },
        unit: m.newRuns_unit_iterations,
      },
      {
        ...{ key: "checkpoint.everyIterations", label: m.newRuns_checkpoint, kind: "number" },
        unit: m.newRuns_unit_iterations,
      },
      { key: "probe.atIterations", label: m.newRuns_probe, unit: m.newRuns_unit_iterations, kind: "numbers" },
      { key: "network.width", label: m.newRuns_width, unit: m.newRuns_unit_channels, kind: "number" },
    ],
  },
];
