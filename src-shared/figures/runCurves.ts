import { learningRateAt } from "../schedule.ts";
import { extentOfAll, iterationAxis, shortDecimal, valueAxis } from "./axes.ts";
import type { Figure, FigureLine, LegendEntry, Panel } from "./figure.ts";
import type { FigureStyle } from "./figureStyle.ts";
import { depthColour } from "./palette.ts";
import type { RunEvaluation, RunFigureData } from "./runFigureData.ts";
import { lowerFirst } from "./figureNotes.ts";
import { runCaption } from "./runNotes.ts";
import type { SeedCurve } from "./seedLines.ts";
import { crossAt, rateRules, smoothedCurve, smoothingNote, soundPart } from "./smoothedCurve.ts";
import { linearScale, logScale } from "./ticks.ts";

/** A loss that has gone beyond this has nothing to say beside the others. */
const highestLoss = 6;

/** What is measured at evaluations. As in the study's error curves a dash is training, a full line is not. */
const evaluated = [
  { part: "test", loss: "testLoss", accuracy: "testAccuracy" },
  { part: "validation", loss: "validationLoss", accuracy: "validationAccuracy" },
] as const satisfies readonly { part: string; loss: keyof RunEvaluation; accuracy: keyof RunEvaluation }[];
type Part = (typeof evaluated)[number];

/** Loss and accuracy of one run over its iterations; its learning rate too, where lines across cannot tell it. */
export function runCurves({ cell, evaluations, labels }: RunFigureData, { palette }: FigureStyle): Figure | undefined {
  const { run } = cell;
  if (run.done === 0) return undefined;
  const { iterations, schedule } = run;
  const colour = depthColour(palette, cell.depth);
  const loss = smoothedCurve(cell, run, run.loss);
  const accuracy = smoothedCurve(cell, run, run.accuracy, (share) => 100 * share);
  const x = iterationAxis(iterations);
  const base = { x, rules: rateRules(schedule, iterations), bars: [], sharesY: false };
  const sound = cell.state === "diverged" ? soundPart(loss.ys) : loss.ys;
  const highest = extentOfAll([sound, evaluations.map(({ testLoss }) => testLoss)])?.max ?? 1;
  const parts = evaluated.filter(({ accuracy }) => evaluations.some((one) => one[accuracy] !== undefined));
  const colourOf = ({ part }: Part): string => (part === "test" ? colour : palette.inkSoft);
  const measured = (part: Part, of: "loss" | "accuracy", factor: number): FigureLine => ({
    ...plain(colourOf(part), "solid"),
    ...pairs(evaluations, (one) => one[part[of]], factor),
    ...{ name: part.part, marked: "some" },
  });
  const panels: Panel[] = [
    {
      ...base,
      y: valueAxis("loss (cross entropy, nats)", 0, Math.min(highestLoss, highest)),
      lines: [curve(loss, colour), ...parts.map((part) => measured(part, "loss", 1))],
      crosses: crossAt(loss, cell, colour),
    },
    {
      ...base,
      y: { scale: linearScale(0, 100, 5), title: "accuracy (%)", isLabelled: true, tick: String },
      lines: [curve(accuracy, colour), ...parts.map((part) => measured(part, "accuracy", 100))],
      crosses: [],
    },
    ...(schedule.kind === "steps"
      ? []
      : [
          ratePanel(
            base,
            run.done,
            iterations,
            (iteration) => learningRateAt(schedule, iteration, iterations),
            palette.ink,
          ),
        ]),
  ];
  const entry = (label: string, ink: string, look: FigureLine["look"]): LegendEntry => ({
    label,
    sample: { kind: "line", colour: ink, look },
  });
  return {
    title: `${cell.family}-${cell.depth}, seed ${cell.seed}`,
    caption: [
      "Training: on augmented batches, in training mode. Test: on the test images as they are, in inference mode.",
      `Training curves: ${lowerFirst(smoothingNote(iterations))} Faint: lowest to highest of a batch. Vertical lines: changes of the learning rate.`,
      ...runCaption(cell, labels),
    ],
    legend: [entry("training", colour, "dashed"), ...parts.map((part) => entry(part.part, colourOf(part), "solid"))],
    panels,
    columns: panels.length,
    records: curveRecords(cell.run, { loss, accuracy }, evaluations),
  };
}

const plain = (colour: string, look: FigureLine["look"]) => ({
  ...{ colour, look, isThin: false },
  marker: { shape: "circle", isFilled: true } as const,
});

const curve = ({ xs, ys, band }: SeedCurve, colour: string): FigureLine => ({
  ...plain(colour, "dashed"),
  ...{ xs, ys, band, name: "training", marked: "none" },
});

/** What was measured of an evaluation, where it was. */
function pairs(evaluations: readonly RunEvaluation[], of: (one: RunEvaluation) => number | undefined, factor: number) {
  const known = evaluations.flatMap((one) => {
    const value = of(one);
    return value === undefined ? [] : [[one.iteration, factor * value] as const];
  });
  return { xs: known.map(([at]) => at), ys: known.map(([, value]) => value) };
}

/** Points of the learning rate's curve: it has a step or a cosine to show. */
const ratePoints = 400;

function ratePanel(
  base: Pick<Panel, "x" | "rules" | "bars" | "sharesY">,
  done: number,
  iterations: number,
  rateAt: (iteration: number) => number,
  colour: string,
): Panel {
  const length = Math.min(ratePoints, iterations);
  const xs = Array.from({ length }, (_, index) => Math.floor((index * iterations) / length)).filter((at) => at < done);
  const ys = xs.map(rateAt);
  const above = ys.filter((rate) => rate > 0);
  const scale = above.length === 0 ? linearScale(0, 1) : logScale(Math.min(...above), Math.max(...above));
  return {
    ...base,
    y: { scale, title: "learning rate", isLabelled: true, tick: shortDecimal },
    lines: [{ ...plain(colour, "solid"), xs, ys, name: "learning rate", marked: "none" }],
    crosses: [],
  };
}

function curveRecords(
  { id, loss: buckets }: RunFigureData["cell"]["run"],
  { loss, accuracy }: { readonly loss: SeedCurve; readonly accuracy: SeedCurve },
  evaluations: readonly RunEvaluation[],
): Figure["records"] {
  const { starts, counts, mean } = buckets;
  return {
    columns: ["run", "part", "iteration", "iterations", "loss", "smoothedLoss", "accuracy"],
    rows: [
      ...Array.from(starts, (start, i) => [
        ...[id, "training", start, counts[i], mean[i], loss.ys[i], accuracy.ys[i] / 100],
      ]).filter((row) => !Number.isNaN(row[4])),
      ...evaluated.flatMap((part) =>
        evaluations
          .filter((one) => one[part.accuracy] !== undefined)
          .map((one) => [id, part.part, one.iteration, undefined, one[part.loss], undefined, one[part.accuracy]]),
      ),
    ],
  };
}
