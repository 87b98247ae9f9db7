import type { FigureTable } from "../figures/figure.ts";
import type { ReportFigure } from "./reportFacts.ts";

/** How a word is meant, said by shape and colour beside it. */
export type Tone = "good" | "bad" | "warn" | "quiet";

export type TableCell = string | { readonly text: string; readonly tone: Tone };

export interface TableBlock {
  readonly kind: "table";
  readonly columns: readonly { readonly title: string; readonly isNumber: boolean }[];
  readonly rows: readonly (readonly TableCell[])[];
}

/** Why something is to be done, and the commands that do it. */
export interface Step {
  readonly why: string;
  readonly commands: readonly string[];
}

/** What a report is made of, whatever it is written as. */
export type Block =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "list"; readonly items: readonly { readonly lead: string; readonly text: string }[] }
  | { readonly kind: "facts"; readonly items: readonly (readonly [label: string, value: string])[] }
  | TableBlock
  | { readonly kind: "figure-table"; readonly title: string; readonly caption: string; readonly table: FigureTable }
  | {
      readonly kind: "claims";
      readonly items: readonly {
        readonly claim: string;
        readonly answer: string;
        readonly tone: Tone;
        readonly evidence: string;
      }[];
    }
  | { readonly kind: "steps"; readonly items: readonly Step[] }
  | { readonly kind: "figure"; readonly figure: ReportFigure };

export interface Section {
  readonly title: string;
  readonly blocks: readonly Block[];
}

export interface ReportDocument {
  readonly title: string;
  readonly subtitle: string;
  /** The one sentence for whoever reads no further. */
  readonly lead: string;
  readonly sections: readonly Section[];
  readonly foot: string;
}
