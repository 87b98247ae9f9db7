import { deviationsFrom, scaleInWords } from "../../src-shared/deviations.ts";
import type { RecipeName } from "../../src-shared/recipes.ts";
import type { RunConfig } from "../../src-shared/runConfig.ts";
import { m } from "../paraglide/messages.js";

/** In what a configuration differs from its recipe, as `deviationsInWords` says it in English; keys are as `--set` names them. */
export function deviationWords(recipe: RecipeName, config: RunConfig, scale = 1): string[] {
  const shown = (value: unknown): string => (value === undefined ? m.words_deviation_absent() : JSON.stringify(value));
  return [
    ...(scale === 1 ? [] : [m.words_deviation_scale({ scale: scaleInWords(scale) })]),
    ...deviationsFrom(recipe, config, scale).map(({ key, is, recipe: wanted }) =>
      m.words_deviation({ key, is: shown(is), recipe, wanted: shown(wanted) }),
    ),
  ];
}
