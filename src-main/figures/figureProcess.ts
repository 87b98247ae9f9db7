import { spawn, type ChildProcess } from "node:child_process";
import type { Socket } from "node:net";
import { fileURLToPath } from "node:url";
import { WorkbenchError } from "../../src-shared/errors.ts";
import type { FigureRecipe } from "../../src-shared/figures/figureRecipe.ts";
import { childFailureError } from "../childFailure.ts";
import { nodeProgram } from "../nodeProgram.ts";
import { figureAnswerSchema, type FigureAnswer, type FigureQuestion } from "./figureMessage.ts";
import type { RenderedFigure, Rendering } from "./recipeRenderer.ts";
import type { FigureListing } from "./studyRenderer.ts";

const program = new URL("./figureMain.ts", import.meta.url);
/** Loading the program while trainers have all cores, reading a large study, drawing. */
const answersWithinMs = 120_000;
/** A person who looks at figures asks for the next one soon; ECharts and the fonts are loaded by then. */
const idleMs = 60_000;
/** A gallery asks for a dozen at once. */
const mostWaiting = 64;
const keptLetters = 2_000;

interface Waiting {
  readonly question: FigureQuestion;
  readonly resolve: (answer: FigureAnswer) => void;
  readonly reject: (error: unknown) => void;
  readonly signal: AbortSignal | undefined;
}

/** Figures drawn in a process of its own, which starts when it is first needed and ends when nobody asks for a minute. */
export class FigureProcess {
  readonly #home: string;
  #child: ChildProcess | undefined;
  #waiting: Waiting[] = [];
  #asked: Waiting | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(home: string) {
    this.#home = home;
  }

  /** @throws WorkbenchError `study-unknown`; as `render` */
  async list(study: string, signal?: AbortSignal): Promise<FigureListing[]> {
    const answer = await this.#ask({ type: "list", home: this.#home, study }, signal);
    if (answer.type !== "listed") throw outOfTurn(answer);
    return answer.figures.map((figure) => ({ ...figure, title: figure.title }));
  }

  /**
   * @param signal takes the question back
   * @throws WorkbenchError as RecipeRenderer.render; `locked` where too many wait, `interrupted` after its time or the signal,
   *   `internal` where the process ended
   */
  async render(recipe: FigureRecipe, rendering: Rendering, signal?: AbortSignal): Promise<RenderedFigure> {
    const answer = await this.#ask({ type: "render", home: this.#home, recipe, ...rendering }, signal);
    if (answer.type !== "rendered") throw outOfTurn(answer);
    return answer;
  }

  /** Ends the process; what still waits fails. */
  close(): void {
    const left = this.#asked ? [this.#asked, ...this.#waiting] : this.#waiting;
    this.#waiting = [];
    this.#end();
    for (const { reject } of left) reject(stopped("The workbench is ending."));
  }

  #ask(question: FigureQuestion, signal: AbortSignal | undefined): Promise<FigureAnswer> {
    if (this.#waiting.length >= mostWaiting) {
      throw new WorkbenchError("locked", `${mostWaiting} figures wait to be drawn.`, {
        mend: "Wait until they are done.",
      });
    }
    return new Promise((resolve, reject) => {
      this.#waiting.push({ question, resolve, reject, signal });
      this.#next();
    });
  }

  #next(): void {
    if (this.#asked) return;
    const next = this.#waiting.shift();
    clearTimeout(this.#timer);
    if (next === undefined) {
      if (this.#child) holdOpen(this.#child, false);
      this.#timer = setTimeout(() => this.#end(), idleMs).unref();
      return;
    }
    if (next.signal?.aborted) {
      next.reject(stopped("Nobody waits for the figure any more."));
      return this.#next();
    }
    this.#asked = next;
    this.#timer = setTimeout(() => this.#fail(stopped("The figure was not drawn in time.")), answersWithinMs).unref();
    try {
      this.#child ??= this.#start();
      holdOpen(this.#child, true);
      this.#child.send(next.question, (error) => error && this.#fail(error));
    } catch (error) {
      this.#fail(error);
    }
  }

  #start(): ChildProcess {
    const child = spawn(nodeProgram(), ["--disable-warning=ExperimentalWarning", fileURLToPath(program)], {
      stdio: ["ignore", "ignore", "pipe", "ipc"],
      serialization: "advanced",
    });
    let words = "";
    child.stderr!.on("data", (chunk: Buffer) => (words = (words + chunk.toString()).slice(-keptLetters)));
    child.on("message", (message) => {
      const { data, error } = figureAnswerSchema.safeParse(message);
      if (data) this.#answered(data);
      else this.#fail(error);
    });
    const gone = (what: string): void => {
      if (this.#child !== child) return;
      this.#child = undefined;
      this.#fail(new WorkbenchError("internal", `The process that draws figures ${what}. ${words}`.trim()));
    };
    child.once("error", ({ message }) => gone(`could not be started: ${message}`));
    child.once("close", (code) => gone(`ended (code ${code ?? "none"})`));
    return child;
  }

  #answered(answer: FigureAnswer): void {
    const asked = this.#asked;
    this.#asked = undefined;
    if (answer.type === "failed") asked?.reject(childFailureError(answer));
    else asked?.resolve(answer);
    this.#next();
  }

  /** Of what is asked at this moment; the next one gets a new process. */
  #fail(error: unknown): void {
    const asked = this.#asked;
    this.#end();
    asked?.reject(error);
    if (asked) this.#next();
  }

  #end(): void {
    clearTimeout(this.#timer);
    const child = this.#child;
    this.#child = undefined;
    this.#asked = undefined;
    child?.kill("SIGKILL");
  }
}

/** Whether this process lives on for it: not for one that is idle, once all else is done. */
function holdOpen(child: ChildProcess, isHeld: boolean): void {
  for (const handle of [child, child.channel, child.stderr as Socket | null]) {
    if (isHeld) handle?.ref();
    else handle?.unref();
  }
}

const stopped = (message: string): WorkbenchError =>
  new WorkbenchError("interrupted", message, { mend: "Draw it again." });

const outOfTurn = (answer: FigureAnswer): Error => new Error(`An answer to another question: ${answer.type}`);
