import type { Figure } from "../../src-shared/figures/figure.ts";
import { codeVersion } from "../codeVersion.ts";

/** What every file carries about itself, whatever its format. */
export interface FigureMetadata {
  readonly title: string;
  /** "Study: report" */
  readonly subject: string;
  readonly caption: string;
  readonly runs: readonly string[];
  readonly deviations: readonly string[];
  readonly program: string;
}

/** What the metadata of all figures of one subject has in common. */
export type SubjectMetadata = Pick<FigureMetadata, "subject" | "runs" | "deviations">;

export const metadataOf = ({ title, caption }: Figure, subject: SubjectMetadata): FigureMetadata => ({
  ...{ title, caption: caption.join(" "), program: `ResNet Workbench ${codeVersion()}` },
  ...subject,
});

/** The same as lines of a comment. */
export const metadataLines = ({ subject, runs, deviations, program }: FigureMetadata): string[] => [
  subject,
  `Runs: ${runs.join(", ") || "none"}`,
  `Deviations from the recipe: ${deviations.join("; ") || "none"}`,
  `Program: ${program}`,
];
