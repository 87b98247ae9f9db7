import type { FigureName, FigureNeed } from "../figures/figureChoices.ts";
import type { FigureTable } from "../figures/figure.ts";
import type { Grid } from "../grid.ts";
import type { Family, RunConfig, Shortcut } from "../runConfig.ts";
import type { RunStatus } from "../runState.ts";
import type { FidelityLine } from "../study/fidelity.ts";
import type { Said } from "../study/verdictInWords.ts";

/** A run as a report tells of it. Accuracies are fractions; times are milliseconds since 1970. */
export interface ReportRun {
  readonly id: string;
  readonly config: RunConfig;
  readonly recipe: string | undefined;
  readonly scale: number | undefined;
  readonly status: RunStatus;
  /** Why it is so, where that needs saying. */
  readonly reason: string | undefined;
  readonly iteration: number;
  readonly loss: number | undefined;
  readonly testAccuracy: number | undefined;
  readonly bestTestAccuracy: number | undefined;
  readonly checkpointIteration: number | undefined;
  readonly startedMs: number | undefined;
  readonly endedMs: number | undefined;
  /** What it was first expected to take; undefined where nobody asked. */
  readonly plannedMs: number | undefined;
  /** How often it went on from a checkpoint. */
  readonly takenUp: number;
  /** Its blocks have been removed one by one. */
  readonly hasLesion: boolean;
}

export interface ReportCell {
  readonly family: Family;
  readonly depth: number;
  readonly shortcut: Shortcut;
  readonly seed: number;
}

/** A figure as it stands in a page: its title and caption are beside it, not in it. */
export interface ReportFigure {
  readonly name: FigureName;
  readonly title: string;
  readonly caption: readonly string[];
  /** An `svg` element without fonts; empty for a table. Colours are those of `ReportColours`. */
  readonly svg: string;
  readonly table: FigureTable | undefined;
}

/** Colours by the names that the figures' markup has for them: in daylight, and in the dark. */
export type ReportColours = readonly {
  readonly name: string;
  readonly light: string;
  readonly dark: string;
}[];

export interface StudyFacts {
  readonly name: string;
  readonly template: string | undefined;
  readonly grid: Grid;
  /** Cells that have no run. */
  readonly missing: readonly ReportCell[];
  readonly verdicts: readonly Said[];
  readonly fidelity: readonly FidelityLine[];
  /** "1/32 of the schedule", "CIFAR-10" */
  readonly labels: readonly string[];
  readonly figures: readonly ReportFigure[];
  readonly lacking: readonly { readonly name: FigureName; readonly needs: FigureNeed }[];
}

/** The time from a queue's first start until nothing waited any more. */
export interface QueueSession {
  readonly startedMs: number;
  readonly endedMs: number;
  /** What it was expected to take when it began, and for how many runs; undefined where nobody asked. */
  readonly plannedMs: number | undefined;
  readonly plannedRuns: number;
}

/** All that a report is written from. */
export interface ReportFacts {
  /** Undefined: a report of runs that belong to no study. */
  readonly study: StudyFacts | undefined;
  /** Of the study, or of the session. */
  readonly runs: readonly ReportRun[];
  /** Undefined where it was asked for by itself. */
  readonly session: QueueSession | undefined;
  readonly writtenMs: number;
  /** "ResNet Workbench 0.1.0" */
  readonly program: string;
}
