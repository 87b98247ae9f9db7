import { againstDepth } from "./byDepth.ts";
import type { Figure } from "./figure.ts";
import type { FigureStyle } from "./figureStyle.ts";
import { capital } from "./figureNotes.ts";
import { inWords } from "./lists.ts";
import type { StudyData } from "./studyData.ts";

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

/** What depth costs: time of the training and images a second, by depth. */
export function cost(data: StudyData, style: FigureStyle): Figure | undefined {
  const done = data.cells.flatMap(({ state, run }) => (state === "done" && run ? [run] : []));
  const isLong = Math.max(0, ...done.map(({ trainingMs }) => trainingMs)) > 3 * hourMs;
  const [unit, unitMs] = isLong ? (["hours", hourMs] as const) : (["minutes", minuteMs] as const);
  const machines = [...new Set(done.map(({ machine }) => machine))];
  return againstDepth(data, style, {
    title: "Cost by depth",
    measures: [
      {
        ...{ panel: "Time of a run", key: `training${isLong ? "Hours" : "Minutes"}`, axis: `training time (${unit})` },
        ...{ startsAtZero: true, of: ({ trainingMs }) => trainingMs / unitMs },
      },
      {
        ...{ panel: "Speed", key: "imagesPerSecond", axis: "training images per second", startsAtZero: true },
        of: ({ imagesPerSecond }) => imagesPerSecond,
      },
    ],
    notes: [`Evaluations and checkpoints apart. ${capital(inWords(machines))}.`],
  });
}
