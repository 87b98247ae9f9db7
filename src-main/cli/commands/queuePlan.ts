import { Command } from "commander";
import type { Grid } from "../../../src-shared/grid.ts";
import type { Services } from "../../../src-shared/contract/index.ts";
import { callServices, type CommonOptions } from "../callServices.ts";
import { nextClockTime } from "../clock.ts";
import { gridFrom, withGridOptions, type GridOptions } from "../gridOptions.ts";
import { say } from "../output.ts";

interface PlanOptions extends CommonOptions, GridOptions {
  readonly until?: number;
  readonly calibrate: boolean;
}

export function queuePlanCommand(): Command {
  return withGridOptions(new Command("plan"))
    .description("when each run and the queue will be done")
    .option("--until <time>", "a time of day, e.g. 07:00: what is done by then", nextClockTime)
    .option("--no-calibrate", "do not time networks that were never measured; estimate them")
    .addHelpText(
      "after",
      `
With --recipe (and --families, --depths ...) also for runs that might be added; with --until it finds the largest --scale
with which they end in time. Networks that were never measured are timed first, some seconds each.
JSON: one object a run, then one with queueEndMs; times are milliseconds since 1970.

Examples:
  rwb queue plan --until 07:00
  rwb queue plan --until 07:00 --recipe course --families plain,residual --depths 20,32,44,56`,
    )
    .action(async (options: PlanOptions) => {
      const { recipe, until, calibrate } = options;
      const asked = recipe === undefined ? undefined : gridFrom(recipe, options);
      const { printPlan } = await import("../planTable.ts");
      await callServices(options, async ({ queue }) => {
        const { scale: askedScale, ...unscaled } = asked ?? {};
        if (calibrate) await timeNetworks(queue, asked);
        const offer = asked !== undefined && askedScale === undefined && until !== undefined;
        const scale = offer ? (await queue.largestScale({ grid: unscaled as Grid, untilMs: until })).scale : askedScale;
        const grid = asked && { ...asked, scale: scale ?? undefined };
        printPlan(await queue.plan({ grid }), { json: options.json, untilMs: until, ...(offer && { scale }) });
      });
    });
}

/** Times what was never measured; where that cannot be, the plan has estimates. */
async function timeNetworks(queue: Services["queue"], grid: Grid | undefined): Promise<void> {
  const { fromWireError } = await import("../../rpc/wireErrors.ts");
  const { WorkbenchError } = await import("../../../src-shared/errors.ts");
  try {
    for await (const { note } of await queue.calibrate({ grid })) say(note);
  } catch (thrown) {
    const error = fromWireError(thrown);
    if (!(error instanceof WorkbenchError && error.exitCode === 3)) throw error;
    say(`Speeds are estimated. ${error.message} ${error.mend ?? ""}`.trimEnd());
  }
}
