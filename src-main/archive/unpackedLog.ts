import { createReadStream } from "node:fs";
import { runEventSchema, type RunEvent } from "../../src-shared/runEvent.ts";
import type { RunFile } from "../trainer/runFolder.ts";
import { archiveInvalid } from "./archiveError.ts";

const newline = 0x0a;
/** A line a second is eleven days of training. Each costs some 10 us: a bomb of empty lines would take hours. */
const mostLines = 1_000_000;
const mostUnreadable = 1_000;

/** How a log ends; undefined where the run could go on. */
export type LogEnd = "finished" | "diverged" | undefined;

/**
 * Reads an unpacked log line by line: what its events say is within the run that `config.json` describes, each iteration
 * once, so that the history is not surprised by it. A line that is no event was damaged where the run was trained; the
 * history passes over it, there and here.
 *
 * @throws WorkbenchError `archive-invalid`, with the line's number
 */
export async function checkLog(file: string, run: RunFile): Promise<LogEnd> {
  const reading = new LogReading(run);
  let number = 0;
  for await (const line of linesOf(file)) {
    if (++number > mostLines) throw archiveInvalid(`has more than ${mostLines} lines in its events.ndjson`);
    const problem = reading.read(line);
    if (problem !== undefined) throw archiveInvalid(`has a damaged events.ndjson: line ${number} ${problem}`);
  }
  if (number === 0) throw archiveInvalid("has an empty events.ndjson");
  return reading.end;
}

/** Lines end with "\n" and nothing else: Node's readline takes U+2028 within a message for an end too. */
async function* linesOf(file: string): AsyncGenerator<string> {
  let parts: Buffer[] = [];
  for await (const chunk of createReadStream(file, { highWaterMark: 1 << 18 }) as AsyncIterable<Buffer>) {
    let from = 0;
    for (let end: number; (end = chunk.indexOf(newline, from)) !== -1; from = end + 1) {
      yield Buffer.concat([...parts, chunk.subarray(from, end)]).toString("utf8");
      parts = [];
    }
    if (from < chunk.length) parts.push(chunk.subarray(from));
  }
  if (parts.length > 0) throw archiveInvalid("has a damaged events.ndjson: it ends within a line");
}

class LogReading {
  readonly #run: RunFile;
  #testImages = 0;
  /** The iteration that the next progress begins with; unknown before the first line. */
  #next: number | undefined;
  /** A line was passed over: it may have been progress. */
  #mayJump = false;
  #unreadable = 0;
  end: LogEnd;

  constructor(run: RunFile) {
    this.#run = run;
  }

  /** @returns what is wrong with the line */
  read(line: string): string | undefined {
    const event = parseEvent(line);
    if (this.#next === undefined && event?.type !== "started") return "does not start a run";
    if (event === undefined) {
      this.#mayJump = true;
      return ++this.#unreadable > mostUnreadable ? "is no run event, as many before it" : undefined;
    }
    if (event.type === "started" && this.#next !== undefined) return "starts the run again";
    if (this.end !== undefined && event.type !== "log") return `comes after the run has ${this.end}`;
    return this.#take(event);
  }

  #take(event: RunEvent): string | undefined {
    const { config, threads, lanes } = this.#run;
    const { iterations, batchSize } = config.training;
    const beyond = (iteration: number) =>
      iteration > iterations ? `is of iteration ${iteration}; the run has ${iterations}` : undefined;
    switch (event.type) {
      case "started": {
        const same =
          event.iterations === iterations &&
          event.batchSize === batchSize &&
          event.validationImages === config.validationImages &&
          event.dataset.name === config.dataset &&
          event.threads === threads &&
          event.lanes === lanes;
        if (!same) return "is of another run than config.json";
        this.#testImages = event.testImages;
        this.#next = 0;
        return undefined;
      }
      case "resumed":
        if (event.fromIteration > iterations) return beyond(event.fromIteration);
        this.#next = event.fromIteration;
        return undefined;
      case "progress": {
        const { fromIteration, loss, accuracy, learningRate } = event;
        if (loss.length === 0 || accuracy.length !== loss.length || learningRate.length !== loss.length) {
          return "has lists of different lengths";
        }
        if (fromIteration !== this.#next && !this.#mayJump)
          return `goes on at iteration ${fromIteration} instead of ${this.#next}`;
        this.#next = fromIteration + loss.length;
        this.#mayJump = false;
        return beyond(this.#next);
      }
      case "evaluated": {
        const images = Buffer.from(event.predictions, "base64").length;
        if (images !== this.#testImages) return `has ${images} predictions for ${this.#testImages} test images`;
        return beyond(event.iteration);
      }
      case "finished":
      case "diverged":
        this.end = event.type;
        return beyond(event.iteration);
      case "probed":
      case "checkpointed":
      case "failed":
        return beyond(event.iteration);
      case "log":
        return undefined;
    }
  }
}

function parseEvent(line: string): RunEvent | undefined {
  try {
    return runEventSchema.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined;
  }
}
