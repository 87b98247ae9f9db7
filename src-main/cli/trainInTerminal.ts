import { freemem, totalmem } from "node:os";
import { workbenchHome } from "../home.ts";
import { openDataset } from "../dataset/index.ts";
import type { RunFile, RunFolder } from "../trainer/runFolder.ts";
import { estimateRun } from "../trainer/estimate.ts";
import { EventTail } from "../runner/eventTail.ts";
import type { Outcome } from "../runner/protocol.ts";
import { startTrainer, type TrainerEnd, type TrainerProcess } from "../runner/trainerProcess.ts";
import { WorkbenchError } from "../../src-shared/errors.ts";
import { childFailureError } from "../childFailure.ts";
import { runEventSchema } from "../../src-shared/runEvent.ts";
import { printLine, say } from "./output.ts";
import { runView } from "./runView.ts";
import { onStopSignal } from "../stopSignal.ts";
import { duration } from "../../src-shared/duration.ts";
import { bytes } from "./units.ts";

export interface TerminalTraining {
  readonly home?: string;
  readonly json?: boolean;
  /** Makes or opens the run's folder. */
  readonly make: () => Promise<RunFolder>;
}

/** Trains in a child while a person or a script watches: a signal stops it gracefully, a second one at once. */
export async function trainInTerminal(options: TerminalTraining): Promise<Outcome> {
  let trainer: TrainerProcess | undefined;
  const stop = onStopSignal(
    (signal) => {
      say(`\n${signal}: writing a checkpoint after this iteration. Once more ends at once.`);
      trainer?.stop(signal);
    },
    () => trainer?.kill(),
  );
  try {
    const folder = await options.make();
    const run = folder.read();
    const home = workbenchHome(options.home);
    await sayPlan(run, folder, home);
    const view = runView(run.config);
    const tail = new EventTail(folder.events);
    const showLines = () =>
      tail.read((line) => {
        if (options.json) printLine(line);
        view.event(runEventSchema.parse(JSON.parse(line)));
      });
    trainer = startTrainer(
      folder,
      { home, depth: run.config.network.depth },
      {
        onNote: say,
        onIteration: (iteration, loss, accuracy) => view.iteration(iteration, loss, accuracy),
        onMore: showLines,
      },
    );
    if (stop.told.aborted) trainer.stop(String(stop.told.reason));
    const end = await trainer.ended.finally(() => {
      showLines();
      view.stop();
    });
    const outcome = outcomeOf(end, folder);
    sayOutcome(outcome, folder);
    return outcome;
  } finally {
    stop.dispose();
  }
}

/** @throws WorkbenchError where the training did not come to an end of its own */
function outcomeOf(end: TrainerEnd, folder: RunFolder): Outcome {
  switch (end.kind) {
    case "ended":
      return end.outcome;
    case "failed":
      throw childFailureError(end);
    case "unstarted":
      throw new WorkbenchError("memory", end.message, { mend: "End something else first." });
    case "crashed":
    case "killed":
      throw new WorkbenchError(
        "trainer-crashed",
        end.kind === "killed"
          ? `The trainer hung: it said nothing for ${duration(end.silentMs)} and was ended.`
          : `The trainer ended by ${end.signal ?? `exit code ${end.exitCode}`}${end.memoryWords ? ` ("${end.memoryWords}")` : ""}.`,
        {
          mend: `Nothing up to its newest checkpoint is lost: rwb train --resume ${folder.path} (its last words: ${folder.path}/trainer.log)`,
        },
      );
  }
}

async function sayPlan({ config, threads, lanes }: RunFile, folder: RunFolder, home: string): Promise<void> {
  const { network, training } = config;
  const dataset = await openDataset(home, config.dataset);
  const shortcut = network.family === "residual" ? `, shortcut ${network.shortcut}` : "";
  const estimate = estimateRun(config, {
    images: dataset.trainImages + dataset.testImages,
    classes: dataset.classes.length,
    lanes,
  });
  say(`${network.family}-${network.depth}${shortcut}, ${config.precision}, seed ${config.seed}, on ${dataset.title}`);
  if (dataset.note) say(`  ${dataset.note}`);
  say(
    `  ${training.iterations} iterations of ${training.batchSize} images on ${threads} ${threads === 1 ? "core" : "cores"}` +
      `; roughly ${duration(estimate.trainingMs)}, ${bytes(estimate.memoryBytes)} of memory`,
  );
  say(`  ${folder.path}`);
  if (estimate.memoryBytes > totalmem()) {
    say(
      `  WARNING: this machine has ${bytes(totalmem())}: the run will not fit. A smaller training.batchSize needs less.`,
    );
  } else if (estimate.memoryBytes > freemem() * 1.5) {
    say(`  Only ${bytes(freemem())} of memory are free at this moment.`);
  }
}

function sayOutcome(outcome: Outcome, folder: RunFolder): void {
  switch (outcome.kind) {
    case "finished": {
      const accuracy = `${(100 * outcome.testAccuracy).toFixed(2)} % of the test images right`;
      say(outcome.alreadyDone ? `The run is finished already: ${accuracy}.` : `Done: ${accuracy}. ${folder.path}`);
      return;
    }
    case "stopped":
      say(`Stopped after iteration ${outcome.iteration}. To go on: rwb train --resume ${folder.path}`);
      return;
    case "diverged":
      say(
        `The loss is no longer a number at iteration ${outcome.iteration}: the run has diverged.\n` +
          "     Begin a new one with a lower rate or a warm-up, e.g. --set training.learningRate.base=0.01",
      );
  }
}
