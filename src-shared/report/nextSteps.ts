import { studyTemplates } from "../contract/studyTemplates.ts";
import { scaleInWords } from "../deviations.ts";
import { counted, grouped, inWords } from "../figures/lists.ts";
import { forkProposals } from "../forkProposals.ts";
import { isWaiting } from "../runState.ts";
import type { Reason } from "../study/claims.ts";
import type { Step } from "./reportDocument.ts";
import type { ReportFacts, ReportRun, StudyFacts } from "./reportFacts.ts";
import { shellWord } from "./shellWord.ts";

type Rule = (facts: ReportFacts) => readonly Step[];

/** Of many runs with the same trouble so many are told one by one. */
const mostTold = 5;
/** Fewer seeds say little about the spread. */
const wantedSeeds = 3;
/** What so many seeds cannot tell, two more will not. */
const enoughSeeds = 5;
/** A longer schedule that is worth another night. */
const longer = 4;

/** What to do next, most urgent first; each with commands that can be pasted. */
export const nextSteps = (facts: ReportFacts): Step[] => rules.flatMap((rule) => rule(facts));

const rules: readonly Rule[] = [
  goOn,
  ({ runs }) => told(withStatus(runs, "diverged"), divergedStep),
  ({ runs }) => told(withStatus(runs, "failed"), failedStep),
  ({ runs }) => together(withStatus(runs, "paused"), (which) => `${which} paused`, (id) => `rwb run resume ${id}`),
  ({ runs }) => together(withStatus(runs, "cancelled"), (which) => `${which} stopped before the end`, (id) => `rwb run retry ${id}`),
  queueMissing,
  moreSeeds,
  longerSchedule,
  moreDepths,
  removeBlocks,
  exportFigures,
]; // prettier-ignore

const withStatus = (runs: readonly ReportRun[], status: ReportRun["status"]): ReportRun[] =>
  runs.filter((run) => run.status === status);

function told(runs: readonly ReportRun[], step: (run: ReportRun) => Step): Step[] {
  const more = runs.length - mostTold;
  return [
    ...runs.slice(0, mostTold).map(step),
    ...(more > 0 ? [{ why: `${counted(more, "more run")} ended in the same way.`, commands: ["rwb runs"] }] : []),
  ];
}

function together(runs: readonly ReportRun[], why: (which: string) => string, command: (id: string) => string): Step[] {
  if (runs.length === 0) return [];
  const which = `${counted(runs.length, "run")} ${runs.length === 1 ? "is" : "are"}`;
  return [{ why: `${why(which)}.`, commands: runs.slice(0, mostTold).map(({ id }) => command(id)) }];
}

function goOn({ runs }: ReportFacts): Step[] {
  const waiting = runs.filter(({ status }) => isWaiting(status));
  return waiting.length === 0
    ? []
    : [{ why: `${counted(waiting.length, "run")} still to train.`, commands: ["rwb queue run"] }];
}

/** The same bits would diverge again: the rate or the warm-up has to change. */
function divergedStep(run: ReportRun): Step {
  const { id, config, status, iteration, checkpointIteration } = run;
  const { base, warmup } = config.training.learningRate;
  const rate = `a learning rate of ${base}${warmup ? ` after a warm-up of ${grouped(warmup.iterations)} iterations` : ""}`;
  const from = checkpointIteration ?? 0;
  const changes = forkProposals(config, status, from).filter(({ set }) => set.length > 0);
  const commands = changes.map(({ set }) =>
    checkpointIteration === undefined ? queueAgain(run, set) : `rwb run fork ${id}${setWords(set)}`,
  );
  const words = { "lower-rate": "a tenth of the rate", "warm-up": "a warm-up", longer: "a longer run", none: "" };
  const choice = changes.map(({ change }) => words[change]).join(", or ");
  return {
    why: `${id} diverged at iteration ${grouped(iteration)} with ${rate}. Try ${choice}:`,
    commands: commands.flatMap((command, index) => (index === 0 ? [command] : [`# or: ${command}`])),
  };
}

/** Where there is no checkpoint to fork from: the same run from its first iteration, changed. */
function queueAgain({ config, recipe = "quick", scale = 1 }: ReportRun, set: readonly string[]): string {
  const { network, seed } = config;
  const shortcut = network.family === "residual" ? ` --shortcuts ${network.shortcut}` : "";
  const shortened = scale === 1 ? "" : ` --scale ${scaleInWords(scale)}`;
  return `rwb queue add --recipe ${recipe} --families ${network.family} --depths ${network.depth}${shortcut} --seeds ${seed}${shortened}${setWords(set)}`;
}

const setWords = (set: readonly string[]): string => set.map((one) => ` --set ${shellWord(one)}`).join("");

const failedStep = ({ id }: ReportRun): Step => ({
  why: `${id} failed; once the cause is mended it goes on from its newest checkpoint:`,
  commands: [`rwb run retry ${id}`],
});

function queueMissing({ study }: ReportFacts): Step[] {
  if (!study || study.missing.length === 0) return [];
  const why = `${counted(study.missing.length, "cell")} of the grid ${study.missing.length === 1 ? "has" : "have"} no run.`;
  return [{ why, commands: [`rwb study queue-missing ${shellWord(study.name)}`, "rwb queue run"] }];
}

const hasReason = ({ verdicts }: StudyFacts, reason: Reason): boolean => verdicts.some((one) => one.reason === reason);

function moreSeeds({ study }: ReportFacts): Step[] {
  if (!study) return [];
  const isOne = study.verdicts.some(({ answer }) => answer === "one-seed") || hasReason(study, "one-seed-contrary");
  const isUnclear = hasReason(study, "within-spread") && study.grid.seeds.length < enoughSeeds;
  if (!isOne && !isUnclear) return [];
  const { seeds } = study.grid;
  const count = Math.max(2, wantedSeeds - seeds.length);
  const next = Array.from({ length: count }, (_, index) => Math.max(...seeds) + 1 + index);
  return [
    {
      why: isOne
        ? "What was observed in one seed is not yet a result: more seeds tell."
        : "The differences lie within the errors: more seeds narrow them.",
      commands: [
        `rwb study extend ${shellWord(study.name)} --seeds ${next.join(",")}`,
        `rwb study queue-missing ${shellWord(study.name)}`,
        "rwb queue run",
      ],
    },
  ];
}

function longerSchedule({ study }: ReportFacts): Step[] {
  const scale = study?.grid.scale ?? 1;
  if (!study || scale === 1 || !hasReason(study, "schedule-too-short")) return [];
  const next = Math.min(1, scale * longer);
  const name = shellWord(`${study.name}-${next === 1 ? "whole" : scaleInWords(next).replace("/", "of")}`);
  const { recipe, families, depths, shortcuts, seeds, set = [] } = study.grid;
  const grid = [
    ...[`--recipe ${recipe}`, `--families ${families.join(",")}`, `--depths ${depths.join(",")}`],
    ...(shortcuts ? [`--shortcuts ${shortcuts.join(",")}`] : []),
    ...[`--seeds ${seeds.join(",")}`, ...(next === 1 ? [] : [`--scale ${scaleInWords(next)}`])],
  ].join(" ");
  return [
    {
      why: `On ${scaleInWords(scale)} of the schedule the residual networks cannot show what depth brings: it pays late.`,
      commands: [`rwb queue add --study ${name} ${grid}${setWords(set)}`, "rwb queue plan --until 08:00"],
    },
  ];
}

function moreDepths({ study }: ReportFacts): Step[] {
  if (!study || !hasReason(study, "one-depth")) return [];
  const { recipe, depths } = study.grid;
  const wanted = recipe === "quick" ? [8, 14, 20] : studyTemplates[recipe].grid.depths;
  const next = wanted.filter((depth) => !depths.includes(depth));
  return [
    {
      why: "With one depth nothing can be said about depth.",
      commands: [
        `rwb study extend ${shellWord(study.name)} --depths ${next.join(",")}`,
        `rwb study queue-missing ${shellWord(study.name)}`,
      ],
    },
  ];
}

/** The deepest has the most blocks to compare. */
function removeBlocks({ study, runs }: ReportFacts): Step[] {
  const residual = runs.filter(({ status, config }) => status === "finished" && config.network.family === "residual");
  if (!study || residual.length === 0 || residual.some(({ hasLesion }) => hasLesion)) return [];
  const [deepest] = residual.toSorted((a, b) => b.config.network.depth - a.config.network.depth);
  return [
    {
      why: "How much a single block matters (Veit et al. 2016) has not been measured yet.",
      commands: [`rwb run lesion ${deepest.id}`],
    },
  ];
}

function exportFigures({ study }: ReportFacts): Step[] {
  if (!study || study.figures.length === 0) return [];
  const names = inWords(["SVG", "PDF", "PNG", "CSV", "LaTeX"]);
  return [
    {
      why: `The figures for a paper, as ${names}:`,
      commands: [`rwb export --study ${shellWord(study.name)} --all --style paper --out figures`],
    },
  ];
}
