import { studyNameSchema } from "../../../src-shared/contract/gridSchema.ts";
import { studyTemplates, type TemplateName } from "../../../src-shared/contract/studyTemplates.ts";
import { WorkbenchError } from "../../../src-shared/errors.ts";
import { gridConfigs, type Grid } from "../../../src-shared/grid.ts";
import { m } from "../../paraglide/messages.js";
import { parseList, parseScale } from "../newRuns/gridText.ts";

/** What a person fills in for a new study, as it was typed. */
export interface StudyDraft {
  readonly name: string;
  readonly template: TemplateName;
  readonly scale: string;
  readonly seeds: string;
}

export interface CheckedStudy {
  /** Undefined while something is wrong. */
  readonly grid: Grid | undefined;
  readonly runs: number;
  readonly problems: Readonly<Partial<Record<"name" | "scale" | "seeds", string>>>;
}

/** @param taken names of studies that there are */
export function checkStudy({ name, template, scale, seeds }: StudyDraft, taken: readonly string[]): CheckedStudy {
  const problems: Partial<Record<"name" | "scale" | "seeds", string>> = {};
  const wanted = name.trim();
  if (wanted === "") problems.name = m.newRuns_problem_empty();
  else if (taken.includes(wanted)) problems.name = m.studies_name_taken();
  else problems.name = studyNameSchema.safeParse(wanted).success ? undefined : m.studies_name_form();
  const length = parseScale(scale);
  if (length === undefined) problems.scale = m.newRuns_problem_form();
  const list = parseList(seeds);
  if ("error" in list) problems.seeds = listWords[list.error]();
  if (length === undefined || "error" in list) return { grid: undefined, runs: 0, problems };
  const grid: Grid = { ...studyTemplates[template].grid, seeds: list.values, ...(length !== 1 && { scale: length }) };
  try {
    const runs = gridConfigs(grid).length;
    return { grid: problems.name === undefined ? grid : undefined, runs, problems };
  } catch (error) {
    // A seed that is too large, a schedule of less than an iteration.
    if (!(error instanceof WorkbenchError)) throw error;
    return { grid: undefined, runs: 0, problems: { ...problems, scale: error.message } };
  }
}

const listWords = {
  empty: m.newRuns_problem_empty,
  form: m.newRuns_problem_form,
  many: m.newRuns_problem_many,
};

/** What is to be added, nothing where nothing was typed; undefined for what is no list of numbers. */
export function moreOf(text: string): readonly number[] | undefined {
  const list = parseList(text);
  if ("values" in list) return list.values;
  return list.error === "empty" ? [] : undefined;
}

export const listProblem = (values: readonly number[] | undefined): string | undefined =>
  values === undefined ? m.newRuns_problem_form() : undefined;

/** "course at 1-32", or with a number behind it where that is taken. */
export function suggestedName(template: TemplateName, scale: string, taken: readonly string[]): string {
  const length = parseScale(scale);
  const part =
    length === undefined || length === 1
      ? ""
      : ` at ${scale
          .trim()
          .replace(/\s*[/%]\s*/g, "-")
          .replace(/-$/, "")}`;
  const first = `${template}${part}`;
  for (let number = 1; ; number++) {
    const name = number === 1 ? first : `${first} ${number}`;
    if (!taken.includes(name)) return name;
  }
}
