import { studyTemplates } from "../contract/studyTemplates.ts";
import { deviationsFrom, scaleInWords } from "../deviations.ts";
import { grouped, inWords } from "../figures/lists.ts";
import type { Grid } from "../grid.ts";
import { recipes, type RecipeName } from "../recipes.ts";
import type { LearningRateSchedule, RunConfig } from "../runConfig.ts";
import { scaleRun } from "../schedule.ts";
import { knownCopyOf, type DataFacts } from "./dataCopy.ts";
import { notStated, type OpenTopic } from "./notStated.ts";

/** In what a study can differ from what it is after, in the order in which it is said. */
export const deviationTopics = [
  "schedule",
  "data-set",
  "data-copy",
  "data-unknown",
  "data-mixed",
  "families",
  "depths",
  "runs-of-110",
  "warmup",
  "validationImages",
  "preprocessing",
  "augmentation.padPixels",
  "augmentation.flipProbability",
  "network.width",
  "network.shortcut",
  "network.initialization",
  "precision",
  "training.batchSize",
  "training.iterations",
  "training.learningRate",
  "training.momentum",
  "training.nesterov",
  "training.weightDecay",
  "training.decays",
  "training.labelSmoothing",
] as const;
export type DeviationTopic = (typeof deviationTopics)[number];

/** A line of a fidelity sheet. Values are words of configurations, and numbers. */
export type FidelityLine =
  | {
      readonly kind: "deviation";
      readonly topic: DeviationTopic;
      readonly is: string;
      /** What the recipe, or what it is made after, has. */
      readonly reference: string;
      /** It is so in some of the runs only. */
      readonly isPartial: boolean;
    }
  | { readonly kind: "not-stated"; readonly topic: OpenTopic; readonly is: string; readonly known: string };

export interface FidelityCell {
  readonly config: RunConfig;
  /** Of its run, or of the data set that is here; undefined where neither is. */
  readonly data: DataFacts | undefined;
}

type Deviation = Extract<FidelityLine, { readonly kind: "deviation" }>;

/** Everything in which a study differs from the report or the paper that its recipe is made after, and what those leave open. */
export function fidelityOf(grid: Grid, cells: readonly FidelityCell[]): FidelityLine[] {
  const { recipe, seeds } = grid;
  const configs = cells.map(({ config }) => config);
  return [
    ...inOrder([
      ...settingDeviations(recipe, configs, grid.scale),
      ...dataDeviations(recipe, cells),
      ...gridDeviations(grid),
      ...warmupDeviations(recipe, configs),
    ]),
    ...notStated[recipe].map(({ topic, known, here }): FidelityLine => {
      const is = inWords([...new Set(configs.map((config) => here(config, seeds.length)))]);
      return { kind: "not-stated", topic, is, known };
    }),
  ];
}

/** What is set otherwise than the recipe has it, its shortened schedule first. */
export function settingDeviations(recipe: RecipeName, configs: readonly RunConfig[], scale = 1): Deviation[] {
  const found = new Map<DeviationTopic, { readonly is: Set<string>; readonly wanted: Set<string>; cells: number }>();
  for (const config of configs) {
    for (const topic of new Set(deviationsFrom(recipe, config, scale).flatMap(({ key }) => topicOf(key, config)))) {
      const one = found.get(topic) ?? { is: new Set(), wanted: new Set(), cells: 0 };
      found.set(topic, one);
      one.is.add(valueInWords(topic, config));
      one.wanted.add(valueInWords(topic, recipeConfig(recipe, config, scale)));
      one.cells++;
    }
  }
  const settings = [...found].map(([topic, { is, wanted, cells }]) =>
    deviation(topic, inWords([...is]), inWords([...wanted]), cells < configs.length),
  );
  return inOrder([...scheduleDeviation(recipe, scale), ...settings]);
}

const deviation = (topic: DeviationTopic, is: string, reference: string, isPartial = false): Deviation => ({
  ...{ kind: "deviation", topic, is, reference, isPartial },
});

const inOrder = (lines: readonly Deviation[]): Deviation[] =>
  lines.toSorted((a, b) => deviationTopics.indexOf(a.topic) - deviationTopics.indexOf(b.topic));

const recipeConfig = (recipe: RecipeName, { network: { family, depth } }: RunConfig, scale: number): RunConfig =>
  scaleRun(recipes[recipe].config({ family, depth }), scale);

function scheduleDeviation(recipe: RecipeName, scale: number): Deviation[] {
  if (scale === 1) return [];
  const whole = recipes[recipe].config();
  const words = ({ training }: RunConfig) =>
    `${grouped(training.iterations)} iterations${dropsInWords(training.learningRate)}`;
  return [deviation("schedule", `${scaleInWords(scale)}, ${words(scaleRun(whole, scale))}`, words(whole))];
}

function dropsInWords(schedule: LearningRateSchedule): string {
  if (schedule.kind !== "steps" || schedule.dropAtIterations.length === 0) return "";
  return `, the rate drops at ${inWords(schedule.dropAtIterations.map(grouped))}`;
}

/** Nothing for what is told elsewhere, or has no meaning in that network. */
function topicOf(key: string, { network }: RunConfig): DeviationTopic[] {
  if (key === "dataset" || (key === "network.shortcut" && network.family === "plain")) return [];
  const topic = key.startsWith("training.learningRate.") ? "training.learningRate" : key;
  const known = deviationTopics.find((one) => one === topic);
  if (known === undefined) throw new Error(`A setting that no fidelity sheet knows: ${key}`);
  return [known];
}

function valueInWords(topic: DeviationTopic, config: RunConfig): string {
  if (topic === "training.learningRate") return rateInWords(config.training.learningRate);
  const value = topic.split(".").reduce<unknown>((at, name) => (at as Record<string, unknown>)[name], config);
  if (typeof value === "boolean") return value ? "yes" : "no";
  return typeof value === "number" && Number.isInteger(value) ? grouped(value) : String(value);
}

function rateInWords(schedule: LearningRateSchedule): string {
  const { warmup, base } = schedule;
  const first = warmup ? `${warmup.learningRate} for ${grouped(warmup.iterations)} iterations, then ` : "";
  switch (schedule.kind) {
    case "steps":
      return `${first}${base}, times ${schedule.factor} at ${inWords(schedule.dropAtIterations.map(grouped)) || "no iteration"}`;
    case "cosine":
      return `${first}${base} to ${schedule.final} by a cosine`;
  }
}

/** Drawn when it is first used, the same everywhere. */
const builtIn = "shapes";
const originalArchive = "the original archive";
const titles: Readonly<Record<string, string>> = { cifar10: "CIFAR-10", shapes: "the built-in shapes" };

function dataDeviations(recipe: RecipeName, cells: readonly FidelityCell[]): Deviation[] {
  const wanted = recipes[recipe].config().dataset;
  const named = (name: string): string => titles[name] ?? name;
  const others = unique(cells.flatMap(({ config }) => (config.dataset === wanted ? [] : [named(config.dataset)])));
  const facts = cells.flatMap(({ data }) => data ?? []);
  const copies = facts.filter(({ original }) => !original);
  const checksums = new Map(cells.map(({ config, data }) => [data?.checksum, config.dataset]));
  checksums.delete(undefined);
  const isMixed = [...checksums.values()].some((name, index, all) => all.indexOf(name) !== index);
  return [
    ...(others.length > 0 ? [deviation("data-set", inWords(others), named(wanted), isSome(cells, ({ config }) => config.dataset !== wanted))] : []),
    ...(copies.length > 0
      ? [deviation("data-copy", inWords(unique(copies.map(copyInWords))), originalArchive, copies.length < facts.length)]
      : []),
    ...(facts.length === 0 && cells.some(({ config }) => config.dataset !== builtIn) ? [deviation("data-unknown", "no run has begun, and the data set is not here", originalArchive)] : []),
    ...(isMixed ? [deviation("data-mixed", "runs of one data set's name were trained on different data", "one data set")] : []),
  ]; // prettier-ignore
}

const copyInWords = (facts: DataFacts): string =>
  knownCopyOf(facts)?.words ?? "a copy by its checksum: pixels, order and labels may differ";

const isSome = <T>(all: readonly T[], is: (one: T) => boolean): boolean => all.some((one) => !is(one));
const unique = <T>(list: readonly T[]): T[] => [...new Set(list)];

/** Runs that the paper took the mean of, of its 110 layers; of the others it had one each. */
const paperRunsOf110 = 5;

function gridDeviations({ recipe, families, depths, seeds }: Grid): Deviation[] {
  if (recipe === "quick") return [];
  const { grid } = studyTemplates[recipe];
  const has110 = recipe === "paper" && depths.includes(110) && families.includes("residual");
  const lacks = <T>(wanted: readonly T[], has: readonly T[]): boolean => wanted.some((one) => !has.includes(one));
  return [
    ...(lacks(grid.families, families) ? [deviation("families", inWords(families), inWords(grid.families))] : []),
    ...(lacks(grid.depths, depths) ? [deviation("depths", inWords(depths.map(String)), inWords(grid.depths.map(String)))] : []),
    ...(has110 && seeds.length < paperRunsOf110 ? [deviation("runs-of-110", String(seeds.length), String(paperRunsOf110))] : []),
  ]; // prettier-ignore
}

/** A fixed number of iterations stands for the paper's condition. */
function warmupDeviations(recipe: RecipeName, configs: readonly RunConfig[]): Deviation[] {
  const lengths = configs.flatMap(({ training }) => training.learningRate.warmup?.iterations ?? []);
  if (recipe !== "paper" || lengths.length === 0) return [];
  const is = `${inWords(unique(lengths).map(grouped))} iterations`;
  return [deviation("warmup", is, "until the training error is below 80 %, about 400 iterations", lengths.length < configs.length)];
} // prettier-ignore
