import type { PlotAxis, PlotLine } from "./plot.ts";

/**
 * A figure of a study as data: what is drawn, and what is said about it. Every format is made from it: ECharts' option and
 * from that SVG, PDF and PNG; CSV; pgfplots; of a table also LaTeX and Markdown.
 */
export interface Figure {
  readonly title: string;
  /** Sentences below it: how things are measured, what is missing, of which scale and data it is. */
  readonly caption: readonly string[];
  readonly legend: readonly LegendEntry[];
  /** Row by row. */
  readonly panels: readonly Panel[];
  /** Panels side by side, where there is room for so many. */
  readonly columns: number;
  readonly records: Records;
  /** Drawn where there are no panels; beside them it is for LaTeX and Markdown alone. */
  readonly table?: FigureTable | undefined;
}

/** What is drawn as rows of a spreadsheet; non-finite numbers are words. */
export interface Records {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | number | undefined)[])[];
}

export interface Panel {
  readonly title?: string | undefined;
  readonly x: FigureAxis;
  readonly y: FigureAxis;
  /** All plots of the figure have the same y-axis: it is labelled on the left alone. */
  readonly sharesY: boolean;
  readonly lines: readonly FigureLine[];
  /** Lines across: where the learning rate changes, an undamaged network's error. */
  readonly rules: readonly Rule[];
  /** Ends of lines that no axis can show. */
  readonly crosses: readonly { readonly x: number; readonly y: number; readonly colour: string }[];
  readonly bars: readonly Bar[];
  readonly cells?: CellGrid | undefined;
  /** Height of the plot area by its width, where the figure decides it. */
  readonly aspect?: number | undefined;
}

export type FigureAxis = Omit<PlotAxis, "text">;

export const markers = ["circle", "square", "triangle", "diamond", "triangle-down", "cross", "plus"] as const;
export interface Marker {
  readonly shape: (typeof markers)[number];
  readonly isFilled: boolean;
}

export interface FigureLine extends Pick<PlotLine, "xs" | "ys" | "colour" | "look" | "band"> {
  /** Which legend entry it belongs to. */
  readonly name: string;
  /** One of several seeds, behind their mean. */
  readonly isThin: boolean;
  readonly marker: Marker;
  /** "all": each value was measured. "some": now and then, where lines are told apart by markers. */
  readonly marked: "all" | "some" | "none";
  /** Half a length above and below each value. */
  readonly errors?: ArrayLike<number> | undefined;
}

export interface Rule {
  readonly axis: "x" | "y";
  readonly at: number;
  /** What it marks; without one it is a quiet line. */
  readonly look: "quiet" | "reference";
}

/** From 0, or the axis's end, to `to`. */
export interface Bar {
  readonly x: number;
  /** In units of the x-axis. */
  readonly width: number;
  /** Undefined: not to be had; hatched over the whole height. */
  readonly to: number | undefined;
  readonly colour: string;
}

/** A matrix of small squares with a number in each. */
export interface CellGrid {
  readonly rows: readonly string[];
  readonly columns: readonly string[];
  readonly cells: readonly (readonly { readonly colour: string; readonly ink: string; readonly text: string }[])[];
}

export interface LegendEntry {
  readonly label: string;
  readonly sample:
    | {
        readonly kind: "line";
        readonly colour: string;
        readonly look: PlotLine["look"];
        readonly marker?: Marker;
        readonly isAlwaysMarked?: boolean;
      }
    | { readonly kind: "swatch"; readonly colour: string; readonly isHatched: boolean };
}

/** Groups of columns, each with a title above them; the first group names the rows. */
export interface FigureTable {
  readonly groups: readonly TableGroup[];
  readonly rows: number;
}

export interface TableGroup {
  readonly title: string;
  /** Values of others that ours are not to be measured by. */
  readonly isGrey: boolean;
  readonly columns: readonly { readonly title: string; readonly cells: readonly string[] }[];
}
