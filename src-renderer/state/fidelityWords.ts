import type { RecipeName } from "../../src-shared/recipes.ts";
import type { DeviationTopic, FidelityLine } from "../../src-shared/study/fidelity.ts";
import type { OpenTopic } from "../../src-shared/study/notStated.ts";
import { fidelityInWords } from "../../src-shared/study/fidelityInWords.ts";
import { m } from "../paraglide/messages.js";
import { fidelityValue } from "./fidelityValues.ts";

const topics: Readonly<Record<DeviationTopic, () => string>> = {
  schedule: m.fidelity_schedule,
  "data-set": m.fidelity_data_set,
  "data-copy": m.fidelity_data_set,
  "data-unknown": m.fidelity_data_set,
  "data-mixed": m.fidelity_data_set,
  families: m.fidelity_families,
  depths: m.fidelity_depths,
  "runs-of-110": m.fidelity_runs_of_110,
  warmup: m.fidelity_warmup,
  validationImages: m.fidelity_validationImages,
  preprocessing: m.fidelity_preprocessing,
  "augmentation.padPixels": m.fidelity_augmentation_padPixels,
  "augmentation.flipProbability": m.fidelity_augmentation_flipProbability,
  "network.width": m.fidelity_network_width,
  "network.shortcut": m.fidelity_network_shortcut,
  "network.initialization": m.fidelity_network_initialization,
  precision: m.fidelity_precision,
  "training.batchSize": m.fidelity_training_batchSize,
  "training.iterations": m.fidelity_training_iterations,
  "training.learningRate": m.fidelity_training_learningRate,
  "training.momentum": m.fidelity_training_momentum,
  "training.nesterov": m.fidelity_training_nesterov,
  "training.weightDecay": m.fidelity_training_weightDecay,
  "training.decays": m.fidelity_training_decays,
  "training.labelSmoothing": m.fidelity_training_labelSmoothing,
};

const openTopics: Readonly<Record<OpenTopic, () => string>> = {
  split: m.studies_open_split,
  normalisation: m.fidelity_preprocessing,
  initialisation: m.fidelity_network_initialization,
  "batch-norm": m.studies_open_batch_norm,
  "batch-norm-images": m.studies_open_batch_norm_images,
  "momentum-form": m.studies_open_momentum_form,
  decay: m.fidelity_training_decays,
  evaluation: m.studies_open_evaluation,
  seeds: m.studies_open_seeds,
  "published-curves": m.studies_open_published_curves,
};

const references: Readonly<Record<RecipeName, () => string>> = {
  course: m.studies_reference_course,
  paper: m.studies_reference_paper,
  quick: m.studies_reference_quick,
};

/** What a study is made after: "course report". */
export const referenceWords = (recipe: RecipeName): string => references[recipe]();

/** What a line of a fidelity sheet is about. */
export const topicWords = (line: FidelityLine): string =>
  line.kind === "deviation" ? topics[line.topic]() : openTopics[line.topic]();

/** Values are words of configurations, and numbers; a schedule has a few words of its own. */
export function valueWords(value: string): string {
  const sentence = fidelityValue(value);
  if (sentence !== undefined) return sentence;
  const warm = /^(\S+) for ([\d,]+) iterations, then (.*)$/.exec(value);
  if (warm) return m.fidelity_rate_warmup({ rate: warm[1], iterations: warm[2], rest: valueWords(warm[3]) });
  const cosine = /^(\S+) to (\S+) by a cosine$/.exec(value);
  if (cosine) return m.fidelity_rate_cosine({ base: cosine[1], final: cosine[2] });
  const scaled = /^(1\/\d+|[\d.]+), (.* iterations.*)$/.exec(value);
  if (scaled) return m.fidelity_scaled({ scale: scaled[1], rest: valueWords(scaled[2]) });
  const rate = /^([\d.e-]+), times ([\d.]+) at (.*)$/.exec(value);
  if (rate) return m.fidelity_rate_drops({ base: rate[1], factor: rate[2], drops: listWords(rate[3]) });
  const schedule = /^([\d,]+) iterations(?:, the rate drops at (.*))?$/.exec(value);
  if (!schedule) return /^\S+(?:, \S+)* and \S+$/.test(value) ? listWords(value) : value;
  const [, iterations, drops] = schedule;
  if (drops === undefined) return m.fidelity_iterations({ iterations });
  return m.fidelity_iterations_drops({ iterations, drops: listWords(drops) });
}

function listWords(list: string): string {
  const both = /^(.*) and (.*)$/.exec(list);
  return both ? m.fidelity_and({ first: both[1], last: both[2] }) : list;
}

/** A line of a fidelity sheet as `fidelityInWords` says it, in the window's language; what a source does not state is said in English. */
export function fidelityWords(recipe: RecipeName, line: FidelityLine): string {
  if (line.kind === "not-stated") return fidelityInWords(recipe, line);
  const said = { topic: topics[line.topic](), is: valueWords(line.is), recipe, reference: valueWords(line.reference) };
  return line.isPartial ? m.fidelity_line_partial(said) : m.fidelity_line(said);
}
