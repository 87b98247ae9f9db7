import { parseSetting, withSettings } from "./configSettings.ts";
import { recipes, type RecipeName } from "./recipes.ts";
import type { Family, RunConfig, Shortcut } from "./runConfig.ts";
import { scaleRun } from "./schedule.ts";

/** Families x depths x shortcuts x seeds of one recipe: the runs of a study, or of one `rwb queue add`. */
export interface Grid {
  readonly recipe: RecipeName;
  readonly families: readonly Family[];
  readonly depths: readonly number[];
  /** The recipe's own where there is none; plain networks have no shortcuts and are not repeated for each. */
  readonly shortcuts?: readonly Shortcut[] | undefined;
  readonly seeds: readonly number[];
  readonly scale?: number | undefined;
  /** Last changes to each configuration, "key.path=value" as `--set` takes them. */
  readonly set?: readonly string[] | undefined;
}

/**
 * The grid's configurations: seed by seed, shallow before deep, plain before residual, so that a queue that is cut short
 * has whole columns.
 *
 * @throws WorkbenchError `config-invalid`, `usage`
 */
export function gridConfigs(grid: Grid): RunConfig[] {
  const { recipe, families, depths, shortcuts, seeds, scale = 1, set = [] } = grid;
  const settings = set.map(parseSetting);
  return seeds.flatMap((seed) =>
    depths.flatMap((depth) =>
      families.flatMap((family) => {
        const config = scaleRun({ ...recipes[recipe].config({ family, depth }), seed }, scale);
        const kinds = family === "plain" || !shortcuts ? [config.network.shortcut] : shortcuts;
        return kinds.map((shortcut) => withSettings({ ...config, network: { ...config.network, shortcut } }, settings));
      }),
    ),
  );
}

/**
 * The same for runs that train to the same bits: everything but the intervals at which something is written. Runs of one
 * key are shared between studies, never trained twice.
 */
export function trainingKey(config: RunConfig): string {
  const { dataset, validationImages, training, augmentation, preprocessing, precision, seed, network } = config;
  const rest = { dataset, validationImages, training, augmentation, preprocessing, precision, seed };
  const { shortcut, ...others } = network;
  // A plain network has no shortcut, whatever its configuration says.
  return JSON.stringify({ ...rest, network: network.family === "plain" ? others : { ...others, shortcut } });
}
