import { deviationsFrom } from "../../../src-shared/deviations.ts";
import { recipeNames, type RecipeName } from "../../../src-shared/recipes.ts";
import type { RunConfig } from "../../../src-shared/runConfig.ts";
import { m } from "../../paraglide/messages.js";
import { count } from "../../state/format.ts";
import { fieldGroups, type FieldSpec } from "../newRuns/fields.ts";

/** A key of the configuration, to be read. */
export interface SettingRow {
  /** As `--set` names it. */
  readonly key: string;
  readonly label: string;
  readonly value: string;
  /** What the recipe has, where this differs from it. */
  readonly recipe: string | undefined;
}

export interface SettingGroup {
  readonly title: string;
  readonly rows: readonly SettingRow[];
}

const rate = "training.learningRate";

/** Keys that the form of new runs has elsewhere than in its groups. */
const further: readonly { readonly title: () => string; readonly fields: readonly FieldSpec[] }[] = [
  {
    title: m.run_settings_network,
    fields: [
      { key: "dataset", label: m.newRuns_dataset, kind: "choice" },
      {
        ...{ key: "network.family", label: m.run_settings_family, kind: "choice" },
        choices: [
          { value: "plain", label: m.newRuns_family_plain },
          { value: "residual", label: m.newRuns_family_residual },
        ],
      },
      { key: "network.depth", label: m.run_settings_depth, unit: m.newRuns_unit_layers, kind: "number" },
      {
        ...{ key: "network.shortcut", label: m.newRuns_shortcuts, kind: "choice" },
        choices: [
          { value: "none", label: m.newRuns_shortcut_none },
          { value: "zero-pad", label: m.newRuns_shortcut_zero_pad },
          { value: "projection", label: m.newRuns_shortcut_projection },
        ],
      },
      { key: "network.initialization", label: m.run_settings_initialization, kind: "choice" },
      { key: "seed", label: m.run_settings_seed, kind: "number" },
    ],
  },
  {
    title: m.newRuns_group_rate,
    fields: [
      {
        ...{ key: `${rate}.kind`, label: m.newRuns_rate_kind, kind: "choice" },
        choices: [
          { value: "steps", label: m.newRuns_rate_steps },
          { value: "cosine", label: m.newRuns_rate_cosine },
        ],
      },
      { key: `${rate}.base`, label: m.newRuns_rate_base, kind: "number" },
      { key: `${rate}.factor`, label: m.newRuns_rate_factor, kind: "number" },
      {
        key: `${rate}.dropAtIterations`,
        label: m.newRuns_rate_drops,
        unit: m.newRuns_unit_iterations,
        kind: "numbers",
      },
      { key: `${rate}.final`, label: m.newRuns_rate_final, kind: "number" },
      {
        key: `${rate}.warmup.iterations`,
        label: m.newRuns_warmup_iterations,
        unit: m.newRuns_unit_iterations,
        kind: "number",
      },
      { key: `${rate}.warmup.learningRate`, label: m.newRuns_warmup_rate, kind: "number" },
    ],
  },
];

/** What a run's configuration is compared with; undefined where it came from no recipe that is known. */
export const recipeOf = (run: { readonly recipe: string | null }): RecipeName | undefined =>
  recipeNames.find((name) => name === run.recipe);

/** Every key, in the groups in which the form of new runs has them. */
export function settingGroups(config: RunConfig, recipe: RecipeName | undefined, scale: number | null): SettingGroup[] {
  const deviations = new Map(
    recipe ? deviationsFrom(recipe, config, scale ?? 1).map((deviation) => [deviation.key, deviation.recipe]) : [],
  );
  return [...further, ...fieldGroups].map(({ title, fields }) => ({
    title: title(),
    rows: fields.flatMap((field): SettingRow[] => {
      const value = valueAt(config, field.key);
      const differs = deviations.has(field.key);
      if (value === undefined && !differs) return [];
      return [
        {
          ...{ key: field.key, label: field.label(), value: settingText(field, value) },
          recipe: differs ? settingText(field, deviations.get(field.key)) : undefined,
        },
      ];
    }),
  }));
}

/** What a key of the configuration is called, and how its values are written; one that no form has is called by its key. */
export const settingField = (key: string): FieldSpec =>
  [...further, ...fieldGroups].flatMap(({ fields }) => fields).find((field) => field.key === key) ?? {
    ...{ key, label: () => key, kind: "choice" },
  };

const valueAt = (config: RunConfig, key: string): unknown =>
  key.split(".").reduce<unknown>((at, name) => (at as Record<string, unknown> | undefined)?.[name], config);

/** A value as it is read: in words, with its unit. */
export function settingText({ kind, unit, choices }: FieldSpec, value: unknown): string {
  if (value === undefined) return m.run_settings_absent();
  if (typeof value === "boolean") return value ? m.newRuns_yes() : m.newRuns_no();
  if (Array.isArray(value) && value.length === 0) return m.run_settings_none();
  const behind = unit ? ` ${unit()}` : "";
  if (kind === "numbers") return (value as number[]).map(numberText).join(", ") + behind;
  if (typeof value === "number") return numberText(value) + behind;
  return (
    choices?.find((choice) => choice.value === value)?.label() ??
    (typeof value === "string" ? value : JSON.stringify(value))
  );
}

const numberText = (value: number): string =>
  Number.isInteger(value) ? count(value) : Math.abs(value) < 1e-3 ? value.toExponential() : String(value);
