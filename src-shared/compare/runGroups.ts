import { depthColour, type Palette } from "../figures/palette.ts";
import type { PlotLine } from "../figures/plot.ts";
import type { RunConfig } from "../runConfig.ts";
import { configDiff } from "./configDiff.ts";

/** What grouping needs to know of a run. */
export interface Groupable {
  readonly id: string;
  readonly config: RunConfig;
}

/** Runs that are one line: seeds of one cell, or a run by itself. */
export interface RunGroup<Run extends Groupable> {
  /** Of its first run, by which it stays known. */
  readonly key: string;
  /** "residual-20"; "residual-20 s1" of a run by itself; with what differs where two would be called the same. */
  readonly label: string;
  readonly runs: readonly Run[];
  /** Which of the different configurations it has, seeds aside: 0, 1, 2 ... */
  readonly cell: number;
}

/**
 * Runs that differ in their seeds alone are seeds of one cell: family and depth are not enough, since a mean over two
 * schedules or two data sets is a mean of nothing. Plain before residual, shallow before deep.
 */
export function runGroups<Run extends Groupable>(runs: readonly Run[], isGrouped: boolean): RunGroup<Run>[] {
  const cells = Map.groupBy(runs, cellKey);
  const sorted = [...cells.values()].sort(([a], [b]) => inOrder(a, b));
  const names = cellNames(sorted.map(([first]) => first.config));
  return sorted.flatMap((members, cell): RunGroup<Run>[] => {
    const seeds = members.toSorted((a, b) => a.config.seed - b.config.seed);
    if (isGrouped) return [{ key: seeds[0].id, label: names[cell], runs: seeds, cell }];
    const isTwice = (run: Run) => seeds.filter(({ config }) => config.seed === run.config.seed).length > 1;
    return seeds.map((run) => ({
      key: run.id,
      label: `${names[cell]} s${run.config.seed}${isTwice(run) ? ` ${run.id.slice(-6)}` : ""}`,
      runs: [run],
      cell,
    }));
  });
}

/** How often something is written down or looked at makes no other network. A plain network has no shortcut. */
function cellKey({ config }: Groupable): string {
  const { network } = config;
  const same = { seed: undefined, checkpoint: undefined, evaluation: undefined, probe: undefined };
  const shortcut = network.family === "plain" ? undefined : network.shortcut;
  return JSON.stringify({ ...config, ...same, network: { ...network, shortcut } });
}

function inOrder({ config: a }: Groupable, { config: b }: Groupable): number {
  const rank = ({ network }: RunConfig): number => (network.family === "plain" ? 0 : 1);
  return rank(a) - rank(b) || a.network.depth - b.network.depth;
}

/** What tells two cells of the same family and depth apart, the most telling first. */
const tellingKeys: readonly (readonly [key: string, text: (value: unknown) => string])[] = [
  ["network.shortcut", String],
  ["dataset", String],
  ["network.width", (value) => `width ${String(value)}`],
  ["training.iterations", (value) => `${String(value)} it`],
  ["training.batchSize", (value) => `batch ${String(value)}`],
  ["training.learningRate.base", (value) => `rate ${String(value)}`],
  ["training.weightDecay", (value) => `decay ${String(value)}`],
  ["precision", String],
];
const mostTold = 2;

function cellNames(configs: readonly RunConfig[]): string[] {
  const plain = configs.map(({ network: { family, depth } }) => `${family}-${depth}`);
  const told = plain.map((name, index) => {
    const alike = configs.filter((_, other) => plain[other] === name);
    if (alike.length === 1) return name;
    const at = alike.indexOf(configs[index]);
    const differences = new Map(configDiff(alike).map(({ key, values }) => [key, values]));
    const words = tellingKeys
      .flatMap(([key, text]) => {
        const values = differences.get(key);
        return values?.[at] === undefined || isUsual(values, at) ? [] : [text(values[at])];
      })
      .slice(0, mostTold);
    return [name, ...words].join(" ");
  });
  return told.map((name, index) => {
    const before = told.slice(0, index).filter((other) => other === name).length;
    return before === 0 ? name : `${name} (${before + 1})`;
  });
}

/** What more than half have goes without saying. */
const isUsual = (values: readonly unknown[], at: number): boolean =>
  2 * values.filter((value) => value === values[at]).length > values.length;

export type Look = Pick<PlotLine, "colour" | "look">;

/**
 * Colour by depth and dash by family, as everywhere; where that would make two cells look the same they are not of one
 * order, and take colours that everyone tells apart, dashed from the second round on.
 */
export function looksOfGroups(groups: readonly RunGroup<Groupable>[], palette: Palette): Look[] {
  const network = ({ runs: [{ config }] }: RunGroup<Groupable>) => config.network;
  const looks = new Map(groups.map((group) => [group.cell, `${network(group).family}-${network(group).depth}`]));
  const isOrdered = new Set(looks.values()).size === looks.size;
  const { categories } = palette;
  return groups.map((group): Look => {
    const { family, depth } = network(group);
    if (isOrdered) return { colour: depthColour(palette, depth), look: family === "plain" ? "dashed" : "solid" };
    const round = Math.floor(group.cell / categories.length);
    return { colour: categories[group.cell % categories.length], look: round % 2 === 0 ? "solid" : "dashed" };
  });
}
