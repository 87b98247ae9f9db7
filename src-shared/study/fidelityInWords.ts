import type { RecipeName } from "../recipes.ts";
import type { DeviationTopic, FidelityLine } from "./fidelity.ts";
import type { OpenTopic } from "./notStated.ts";

const deviationWords: Readonly<Record<DeviationTopic, string>> = {
  schedule: "schedule",
  "data-set": "data set",
  "data-copy": "data set",
  "data-unknown": "data set",
  "data-mixed": "data set",
  families: "families",
  depths: "depths",
  "runs-of-110": "runs of 110 layers",
  warmup: "warm-up",
  validationImages: "images for validation",
  preprocessing: "normalisation",
  "augmentation.padPixels": "padding of the crop",
  "augmentation.flipProbability": "probability of a flip",
  "network.width": "width of the first stage",
  "network.shortcut": "shortcut where the size changes",
  "network.initialization": "initialisation",
  precision: "precision",
  "training.batchSize": "batch size",
  "training.iterations": "iterations",
  "training.learningRate": "learning rate",
  "training.momentum": "momentum",
  "training.nesterov": "Nesterov's momentum",
  "training.weightDecay": "weight decay",
  "training.decays": "tensors that decay",
  "training.labelSmoothing": "label smoothing",
};

const openWords: Readonly<Record<OpenTopic, string>> = {
  split: "split",
  normalisation: "normalisation",
  initialisation: "initialisation",
  "batch-norm": "batch norm",
  "batch-norm-images": "images that batch norm sees at once",
  "momentum-form": "form of the momentum",
  decay: "tensors that decay",
  evaluation: "evaluation",
  seeds: "seeds and number of runs",
  "published-curves": "axes and smoothing of its figures",
};

const sourceWords: Readonly<Record<RecipeName, string>> = {
  course: "the course report",
  paper: "the paper",
  quick: "the quick recipe",
};

/** "precision: bfloat16 (course: float32)"; "initialisation: He normal; the course report does not state it" */
export function fidelityInWords(recipe: RecipeName, line: FidelityLine): string {
  const { is } = line;
  switch (line.kind) {
    case "deviation": {
      const part = line.isPartial ? " in some of the runs" : "";
      return `${deviationWords[line.topic]}: ${is}${part} (${recipe}: ${line.reference})`;
    }
    case "not-stated": {
      const known = line.known === "" ? "" : ` (${line.known})`;
      return `${openWords[line.topic]}: ${is}; ${sourceWords[recipe]} does not state it${known}`;
    }
  }
}

/** What figures say of these themselves, in words of their own. */
const toldApart: readonly DeviationTopic[] = ["schedule", "precision", "data-set", "data-copy", "data-unknown"];
/** What a reader sees in the figure. */
const seen: readonly DeviationTopic[] = ["families", "depths"];

/** What a caption has to say besides schedule, data, precision and seeds: "momentum 0.8". */
export const fidelityLabels = (lines: readonly FidelityLine[]): string[] =>
  lines.flatMap((line) =>
    line.kind === "deviation" && !toldApart.includes(line.topic) && !seen.includes(line.topic)
      ? [`${deviationWords[line.topic]} ${line.is}`]
      : [],
  );
