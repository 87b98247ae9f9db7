import { mkdir, readdir } from "node:fs/promises";
import path from "node:path";
import { Readable } from "node:stream";
import { setImmediate as nextTurn } from "node:timers/promises";
import { fileError, WorkbenchError } from "../../src-shared/errors.ts";
import { seriesNames, type SeriesName } from "../../src-shared/series.ts";
import type { Evaluation, History, RunRecord } from "../history/index.ts";
import { iterationTimes, type Moment } from "./iterationTimes.ts";
import { encodeEvent, firstEvent, type Tagged, type TensorBoardEvent } from "./tensorBoardEvent.ts";
import { tfRecord } from "./tfRecord.ts";
import { writeWholeFile } from "./wholeFile.ts";

/** Losses stand in one plot, accuracies in another: TensorBoard groups by what is before the stroke. */
const seriesTags: Readonly<Record<SeriesName, string>> = {
  loss: "loss/train",
  accuracy: "accuracy/train",
  learningRate: "learning_rate",
  stepMs: "step_ms",
};

const evaluationTags = {
  testLoss: "loss/test",
  testAccuracy: "accuracy/test",
  validationLoss: "loss/validation",
  validationAccuracy: "accuracy/validation",
} as const satisfies Partial<Record<keyof Evaluation, string>>;

/** TensorBoard looks for this word; the run's name after it tells two files in a folder apart. */
const filePrefix = "events.out.tfevents.";

/** Seconds first, as TensorFlow names them: TensorBoard reads files in the order of their names. */
export const eventFileName = (run: Pick<RunRecord, "id" | "createdMs">): string =>
  `${filePrefix}${Math.floor(run.createdMs / 1000)}.${run.id}`;

/**
 * A run's numbers as an event file of TensorBoard in `outFolder`, which is made where it is not there: every raw value of
 * every series with its time, the evaluations, and the configuration as text. A second export replaces the first.
 *
 * @returns the file
 * @throws WorkbenchError `run-unknown`; `usage` where the folder has another run's event file, which TensorBoard would
 *   draw as the same run; `disk-full`, `permission`
 */
export async function exportTensorBoard(history: History, runId: string, outFolder: string): Promise<string> {
  const run = history.runs.get(runId);
  const name = eventFileName(run);
  try {
    await mkdir(outFolder, { recursive: true });
    const other = (await readdir(outFolder)).find((file) => file.includes("tfevents") && file !== name);
    if (other !== undefined && !other.startsWith(`${name}.part-`)) {
      throw new WorkbenchError("usage", `${outFolder} has the events of another run: ${other}.`, {
        mend: `TensorBoard takes a folder for one run: name ${path.join(outFolder, run.id)}.`,
      });
    }
  } catch (error) {
    throw fileError(error, `writing into ${outFolder}`);
  }
  const file = path.join(outFolder, name);
  await writeWholeFile(file, openTensorBoard(history, run.id));
  return file;
}

/** The event file as a stream. @throws WorkbenchError `run-unknown` */
export function openTensorBoard(history: History, runId: string): Readable {
  return Readable.from(records(history, history.runs.get(runId)));
}

/** Some milliseconds; then it is somebody else's turn. */
const eventsAtOnce = 500;

async function* records(history: History, run: RunRecord): AsyncGenerator<Buffer> {
  const begunMs =
    history.ledger.of(run.id).find(({ type, line }) => type === "started" && line !== undefined)?.timeMs ??
    run.createdMs;
  let chunk = [tfRecord(firstEvent(begunMs)), tfRecord(encodeEvent(configEvent(run, begunMs)))];
  for (const event of runEvents(history, run, begunMs)) {
    chunk.push(tfRecord(encodeEvent(event)));
    if (chunk.length < eventsAtOnce) continue;
    yield Buffer.concat(chunk);
    chunk = [];
    await nextTurn();
  }
  yield Buffer.concat(chunk);
}

function configEvent({ id, recipe, config, deviations, codeVersion }: RunRecord, timeMs: number): TensorBoardEvent {
  const json = JSON.stringify({ run: id, recipe, deviations, codeVersion, config }, null, 2);
  return { timeMs, step: 0, values: [{ tag: "config", kind: "text", markdown: `\`\`\`json\n${json}\n\`\`\`` }] };
}

/** In ascending order of steps: a training value at step k is that before update k + 1, an evaluation that after k. */
function* runEvents(history: History, run: RunRecord, begunMs: number): Generator<TensorBoardEvent> {
  const columns = seriesNames.map((name) => ({ tag: seriesTags[name], ...history.series.read(run.id, name) }));
  const { from, gaps } = columns[0];
  const stepMs = columns[seriesNames.indexOf("stepMs")].values;
  const evaluations = history.evaluations.of(run.id);
  const times = iterationTimes(from, stepMs, momentsOf(history, run, evaluations, begunMs));
  const isGap = (iteration: number) => gaps.some((gap) => iteration >= gap.from && iteration < gap.to);
  let next = 0;
  for (let at = 0; at < stepMs.length; at++) {
    const step = from + at;
    for (; next < evaluations.length && evaluations[next].iteration <= step; next++) {
      yield evaluationEvent(evaluations[next]);
    }
    if (isGap(step)) continue;
    yield { timeMs: times[at], step, values: columns.map(({ tag, values }) => scalar(tag, values[at])) };
  }
  yield* evaluations.slice(next).map(evaluationEvent);
}

const scalar = (tag: string, value: number): Tagged => ({ tag, kind: "scalar", value });

const evaluationEvent = (evaluation: Evaluation): TensorBoardEvent => ({
  timeMs: evaluation.timeMs,
  step: evaluation.iteration,
  values: Object.entries(evaluationTags).flatMap(([name, tag]) => {
    const value = evaluation[name as keyof typeof evaluationTags];
    return value === undefined ? [] : [scalar(tag, value)];
  }),
});

/** An evaluation is written when it is done: training had reached it before. What a resumption undid does not count. */
function momentsOf(history: History, run: RunRecord, evaluations: readonly Evaluation[], begunMs: number): Moment[] {
  const reached = evaluations.map(({ iteration, timeMs, elapsedMs }) => ({ iteration, timeMs: timeMs - elapsedMs }));
  const told = history.ledger.of(run.id).filter(({ line }) => line !== undefined);
  const all: (Moment & { type?: string })[] = [{ iteration: 0, timeMs: begunMs }, ...reached];
  for (const { type, iteration, timeMs } of told) if (iteration !== undefined) all.push({ type, iteration, timeMs });
  const moments: Moment[] = [];
  for (const moment of all.sort((a, b) => a.timeMs - b.timeMs)) {
    if (moment.type === "resumed") while ((moments.at(-1)?.iteration ?? 0) > moment.iteration) moments.pop();
    moments.push(moment);
  }
  return moments;
}
