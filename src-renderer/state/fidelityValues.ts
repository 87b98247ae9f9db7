import { m } from "../paraglide/messages.js";

const values: readonly ((inputs?: object, options?: { locale?: "en" | "ja" }) => string)[] = [
  m.studies_value_all_train,
  m.studies_value_pixel_mean,
  m.studies_value_channels,
  m.studies_value_he_normal,
  m.studies_value_batch_norm,
  m.studies_value_inference,
  m.studies_value_one_seed,
  m.studies_value_axes,
  m.studies_value_tutorial_half,
  m.studies_value_tutorial_default,
  m.studies_value_two_gpus,
  m.studies_value_momentum,
  m.studies_value_all_tensors,
  m.studies_value_kernels,
  m.studies_value_jpeg,
  m.studies_value_copy,
  m.studies_value_original,
  m.studies_value_unknown,
  m.studies_value_one_data,
  m.studies_value_mixed,
];

/** What a fidelity sheet says in whole sentences, in the window's language; undefined for what is no such sentence. */
export const fidelityValue = (text: string): string | undefined =>
  values.find((value) => value({}, { locale: "en" }) === text)?.();
