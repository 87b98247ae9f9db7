import {
  comparisonRecipeSchema,
  emptyComparison,
  mostCompared,
  type ComparisonRecipe,
} from "../figures/comparisonRecipe.ts";

/** "runs=a,b&metric=speed": what is as in an empty comparison is left out, the runs apart, so that addresses stay short. */
export function queryOfRecipe(recipe: ComparisonRecipe): string {
  const { runs, hidden, metric, axis, scale, smoothing, grouped, baseline, pair } = recipe;
  const list = (ids: readonly string[]): string => ids.map(encodeURIComponent).join(",");
  const parts: readonly (readonly [name: string, text: string])[] = [
    ["runs", list(runs)],
    ["hidden", list(hidden)],
    ["metric", metric === emptyComparison.metric ? "" : metric],
    ["axis", axis === emptyComparison.axis ? "" : axis],
    ["scale", scale === emptyComparison.scale ? "" : scale],
    ["smoothing", smoothing === emptyComparison.smoothing ? "" : smoothing],
    ["grouped", grouped ? "" : "no"],
    ["baseline", baseline === null ? "" : encodeURIComponent(baseline)],
    ["pair", pair === null ? "" : list(pair)],
  ];
  return parts.flatMap(([name, text]) => (text === "" && name !== "runs" ? [] : [`${name}=${text}`])).join("&");
}

/** The other way round. What makes no sense (somebody typed it) is as in an empty comparison. */
export function recipeOfQuery(query: string): ComparisonRecipe {
  const parameters = new URLSearchParams(query);
  const list = (name: string): string[] => [
    ...new Set((parameters.get(name) ?? "").split(",").filter((id) => id !== "")),
  ];
  const known = comparisonRecipeSchema.shape;
  const choice = <Key extends "metric" | "axis" | "scale" | "smoothing">(name: Key): ComparisonRecipe[Key] => {
    const parsed = known[name].safeParse(parameters.get(name));
    return (parsed.success ? parsed.data : emptyComparison[name]) as ComparisonRecipe[Key];
  };
  const runs = list("runs").slice(0, mostCompared);
  const [first, second] = list("pair");
  return {
    ...{ kind: "comparison", runs, hidden: list("hidden").filter((id) => runs.includes(id)) },
    ...{ metric: choice("metric"), axis: choice("axis"), scale: choice("scale"), smoothing: choice("smoothing") },
    grouped: parameters.get("grouped") !== "no",
    baseline: parameters.get("baseline") || null,
    pair: first !== undefined && second !== undefined ? [first, second] : null,
  };
}
