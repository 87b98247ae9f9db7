import { WorkbenchError } from "../../src-shared/errors.ts";
import { childFailure } from "../childFailure.ts";
import { decodeImage, openDataset, readImages, type PreparedDataset } from "../dataset/index.ts";
import { predict } from "./predict.ts";
import { predictTaskSchema, type PredictAnswer, type PredictTask } from "./predictMessage.ts";

/** A process that shows one image to one checkpoint's network: decoders and engine are kept out of main. */
async function answer(task: PredictTask): Promise<PredictAnswer> {
  const dataset = await openDataset(task.home, task.config.dataset);
  const { pixels, label } = await imageOf(task, dataset);
  const predicted = await predict({ ...task, dataset }, pixels);
  return {
    type: "predicted",
    iteration: predicted.iteration,
    probabilities: [...predicted.probabilities],
    classes: dataset.classes,
    pixels: Buffer.from(pixels).toString("base64"),
    label,
  };
}

async function imageOf({ image }: PredictTask, dataset: PreparedDataset) {
  if (image.kind === "data") {
    const { pixels, labels } = await readImages(dataset, image.part, [image.image]);
    return { pixels, label: labels[0] };
  }
  try {
    return { pixels: await decodeImage(Buffer.from(image.base64, "base64")), label: null };
  } catch (error) {
    throw new WorkbenchError("usage", `The picture ${(error as Error).message}.`, {
      mend: "Choose a JPEG or PNG file of at most 50 million pixels.",
      cause: error,
    });
  }
}

// Nobody is left to answer.
process.on("disconnect", () => process.exit(1));

process.once("message", (message) => {
  const say = (said: PredictAnswer): void => void process.send?.(said, () => process.exit());
  answer(predictTaskSchema.parse(message)).then(say, (error: unknown) => say(childFailure(error)));
});
