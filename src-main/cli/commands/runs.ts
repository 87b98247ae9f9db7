import { Command } from "commander";
import type { Run, Services } from "../../../src-shared/contract/index.ts";
import { callServices, type CommonOptions } from "../callServices.ts";
import { say } from "../output.ts";
import { printRuns } from "../runTable.ts";

export function runsCommand(): Command {
  return new Command("runs")
    .description("the runs of the workbench folder, one a line")
    .option("--study <name>", "those of one study")
    .option("--all", "those in the trash too")
    .addHelpText(
      "after",
      `
Examples:
  rwb runs --study course
  rwb runs --json | jq -r 'select(.status == "finished") | [.id, .testAccuracy] | @tsv'`,
    )
    .action(async (options: CommonOptions & { study?: string; all?: boolean }) => {
      const { study, all } = options;
      const runs = await callServices(options, (services) => allRuns(services, { study, trash: all }));
      printRuns(runs, options);
      if (runs.length === 0) say(study === undefined ? "No runs yet: rwb queue add" : `${study} has no runs yet.`);
    });
}

async function allRuns({ runs }: Services, which: { study?: string; trash?: boolean }): Promise<Run[]> {
  const { mostRunsAtOnce } = await import("../../../src-shared/contract/index.ts");
  const found: Run[] = [];
  for (;;) {
    const page = await runs.list({ ...which, skip: found.length, most: mostRunsAtOnce });
    found.push(...page);
    if (page.length < mostRunsAtOnce) return found;
  }
}
