import { parseSetting, withSettings } from "../../../src-shared/configSettings.ts";
import type { RunDetail } from "../../../src-shared/contract/index.ts";
import { deviationsFrom, scaleInWords } from "../../../src-shared/deviations.ts";
import { WorkbenchError } from "../../../src-shared/errors.ts";
import { gridConfigs, type Grid } from "../../../src-shared/grid.ts";
import { recipeNames, recipes, type RecipeName } from "../../../src-shared/recipes.ts";
import type { Family, LearningRateSchedule, RunConfig, Shortcut } from "../../../src-shared/runConfig.ts";
import { listText, parseList, parseScale } from "./gridText.ts";

/** The form of new runs as it stands, texts as they were typed. */
export interface Draft {
  readonly recipe: RecipeName;
  readonly families: readonly Family[];
  readonly depths: string;
  readonly seeds: string;
  /** The recipe's own where none is chosen. */
  readonly shortcuts: readonly Shortcut[];
  readonly scale: string;
  /** What differs from the recipe: the key as `--set` names it, and its value as JSON (or as it was typed). */
  readonly edits: ReadonlyMap<string, string>;
  readonly study: string;
  readonly threads: string;
}

/** What each recipe is usually queued as. */
const usualDepths: Readonly<Record<RecipeName, string>> = {
  course: "20, 32, 44, 56",
  paper: "20, 32, 44, 56, 110",
  quick: "8, 14",
};

export const newDraft = (recipe: RecipeName): Draft => ({
  recipe,
  families: ["plain", "residual"],
  depths: usualDepths[recipe],
  seeds: "1",
  shortcuts: [],
  scale: "1",
  edits: new Map(),
  study: "",
  threads: "",
});

/** The same configuration with the seed after the run's own. */
export function draftFromRun(run: RunDetail): Draft {
  const recipe = recipeNames.find((name) => name === run.recipe) ?? "course";
  const { config } = run;
  const scale = run.scale ?? 1;
  const edits = new Map<string, string>();
  for (const { key, is } of deviationsFrom(recipe, config, scale)) {
    if (key.startsWith(`${rateKey}.`)) edits.set(rateKey, JSON.stringify(config.training.learningRate));
    else if (key !== "network.shortcut") edits.set(key, JSON.stringify(is));
  }
  const recipeShortcut = recipes[recipe].config().network.shortcut;
  return {
    ...newDraft(recipe),
    families: [config.network.family],
    depths: String(config.network.depth),
    seeds: listText([config.seed + 1]),
    shortcuts: config.network.shortcut === recipeShortcut ? [] : [config.network.shortcut],
    scale: scaleInWords(scale),
    edits,
  };
}

export const rateKey = "training.learningRate";

/**
 * The edits with another schedule in them. Where it has the recipe's form, only what differs: a recipe may give some of
 * the grid's networks a warm-up and others none, which a whole schedule would level.
 *
 * @param recipe the recipe's schedule @param wanted as the fields say it, valid or not
 */
export function withRate(
  edits: ReadonlyMap<string, string>,
  recipe: LearningRateSchedule,
  wanted: Readonly<Record<string, unknown>>,
): Map<string, string> {
  const kept = new Map([...edits].filter(([key]) => key !== rateKey && !key.startsWith(`${rateKey}.`)));
  const own = recipe as Readonly<Record<string, unknown>>;
  const differs = (key: string): boolean => JSON.stringify(own[key]) !== JSON.stringify(wanted[key]);
  if (differs("kind") || differs("warmup")) return kept.set(rateKey, JSON.stringify(wanted));
  for (const key of Object.keys(wanted).filter(differs)) kept.set(`${rateKey}.${key}`, JSON.stringify(wanted[key]));
  return kept;
}

export type DraftField = "families" | "depths" | "seeds" | "scale" | "threads" | "study" | "edits";

export interface DraftProblem {
  readonly field: DraftField;
  /** A key of the configuration, for `edits`. */
  readonly key?: string;
  readonly code: "empty" | "form" | "many" | "config";
  /** In words, where the configuration's own rules say them. */
  readonly message?: string;
}

export type CheckedDraft =
  | {
      readonly kind: "valid";
      readonly grid: Grid;
      readonly threads: number | undefined;
      /** One a run, in the order in which they would be queued. */
      readonly configs: readonly RunConfig[];
    }
  | { readonly kind: "invalid"; readonly problems: readonly DraftProblem[] };

/** Every problem at once, each with the field that it belongs to. */
export function checkDraft(draft: Draft): CheckedDraft {
  const problems: DraftProblem[] = [];
  const listed = (field: "depths" | "seeds"): readonly number[] => {
    const parsed = parseList(draft[field]);
    if ("values" in parsed) return parsed.values;
    problems.push({ field, code: parsed.error });
    return [];
  };
  if (draft.families.length === 0) problems.push({ field: "families", code: "empty" });
  const [depths, seeds] = [listed("depths"), listed("seeds")];
  const scale = parseScale(draft.scale);
  if (scale === undefined) problems.push({ field: "scale", code: "form" });
  const threads = draft.threads.trim() === "" ? undefined : Number(draft.threads);
  if (threads !== undefined && !(Number.isInteger(threads) && threads >= 1 && threads <= 4096)) {
    problems.push({ field: "threads", code: "form" });
  }
  const base = recipes[draft.recipe].config();
  for (const [key, text] of draft.edits) {
    const message = settingProblem(base, key, text);
    if (message !== undefined) problems.push({ field: "edits", key, code: "config", message });
  }
  for (const depth of depths) {
    const message = settingProblem(base, "network.depth", String(depth));
    if (message === undefined) continue;
    problems.push({ field: "depths", code: "config", message });
    break;
  }
  if (problems.length > 0) return { kind: "invalid", problems };
  const grid: Grid = {
    ...{ recipe: draft.recipe, families: draft.families, depths, seeds },
    ...(draft.shortcuts.length > 0 && { shortcuts: draft.shortcuts }),
    ...(scale !== 1 && { scale }),
    ...(draft.edits.size > 0 && { set: [...draft.edits].map(([key, text]) => `${key}=${text}`) }),
  };
  try {
    return { kind: "valid", grid, threads, configs: gridConfigs(grid) };
  } catch (error) {
    return { kind: "invalid", problems: [{ field: "edits", code: "config", message: (error as Error).message }] };
  }
}

/** What is wrong with a value, in words; undefined where nothing is. */
function settingProblem(base: RunConfig, key: string, text: string): string | undefined {
  try {
    withSettings(base, [parseSetting(`${key}=${text}`)]);
    return undefined;
  } catch (error) {
    if (!(error instanceof WorkbenchError)) throw error;
    return error.message.replace(/^[\w.]+: /, "");
  }
}

/** A value of a configuration by its dotted key. */
export function valueAt(config: RunConfig, key: string): unknown {
  return key
    .split(".")
    .reduce<unknown>((value, name) => (value as Record<string, unknown> | undefined)?.[name], config);
}
