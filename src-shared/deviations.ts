import { recipes, type RecipeName } from "./recipes.ts";
import type { RunConfig } from "./runConfig.ts";
import { scaleRun } from "./schedule.ts";

/** A key in which a run differs from its recipe. */
export interface Deviation {
  /** As `--set` names it: "training.momentum". */
  readonly key: string;
  readonly is: unknown;
  readonly recipe: unknown;
}

/** What a run's identity is made of, not how it deviates: the cell of the grid, and how often something is written. */
const notCompared: readonly RegExp[] = [
  /^seed$/,
  /^network\.(family|depth)$/,
  /^(evaluation|checkpoint)\.everyIterations$/,
  /^probe\./,
];

/**
 * Where `config` differs from its recipe's configuration of the same family and depth, shortened to `scale`; intervals
 * of evaluation, checkpoints and probes apart, since they change nothing in the training.
 */
export function deviationsFrom(recipe: RecipeName, config: RunConfig, scale = 1): Deviation[] {
  const { family, depth } = config.network;
  const wanted = leaves(scaleRun(recipes[recipe].config({ family, depth }), scale));
  const is = leaves(config);
  return [...new Set([...wanted.keys(), ...is.keys()])]
    .filter((key) => !notCompared.some((pattern) => pattern.test(key)))
    .filter((key) => JSON.stringify(is.get(key)) !== JSON.stringify(wanted.get(key)))
    .map((key) => ({ key, is: is.get(key), recipe: wanted.get(key) }));
}

/** "training.momentum is 0.8 (course: 0.9)"; the shortened schedule is one of them. */
export function deviationsInWords(recipe: RecipeName, config: RunConfig, scale = 1): string[] {
  const shown = (value: unknown): string => (value === undefined ? "absent" : JSON.stringify(value));
  return [
    ...(scale === 1 ? [] : [`the schedule is shortened to ${scaleInWords(scale)} of the recipe's`]),
    ...deviationsFrom(recipe, config, scale).map(
      ({ key, is, recipe: wanted }) => `${key} is ${shown(is)} (${recipe}: ${shown(wanted)})`,
    ),
  ];
}

/** 0.03125 -> "1/32", where it is such a fraction; otherwise the number. */
export function scaleInWords(scale: number): string {
  const whole = Math.round(1 / scale);
  return Math.abs(1 / whole - scale) < 1e-9 ? `1/${whole}` : String(scale);
}

/** Every value of a configuration by its dotted key; lists count as values. */
function leaves(value: object, prefix = ""): Map<string, unknown> {
  return new Map(
    Object.entries(value).flatMap(([key, child]: [string, unknown]): [string, unknown][] =>
      typeof child === "object" && child !== null && !Array.isArray(child)
        ? [...leaves(child, `${prefix}${key}.`)]
        : [[prefix + key, child]],
    ),
  );
}
