import type { FigureStyleName } from "./figureChoices.ts";
import { palettes, type Palette } from "./palette.ts";

/** Everything in which the styles differ. Lengths are pixels of the drawing unless they say otherwise. */
export interface FigureStyle {
  readonly name: FigureStyleName;
  /** Of a point in print: drawn large and shrunk, so that snapping to whole pixels is not seen. */
  readonly pixelsPerPoint: number;
  readonly width: number;
  /** Undefined: as high as it needs to be. */
  readonly height: number | undefined;
  readonly margin: number;
  readonly font: string;
  readonly textSize: number;
  readonly titleSize: number;
  readonly captionSize: number;
  readonly tickSize: number;
  readonly lineWidth: number;
  readonly thinLineWidth: number;
  readonly axisWidth: number;
  readonly markerSize: number;
  /** Depth is told by markers too, for black and white. */
  readonly hasMarkers: boolean;
  /** Lines across at the ticks. */
  readonly hasGrid: boolean;
  /** Panels side by side at most. */
  readonly mostColumns: number;
  /** The same of matrices, whose names take room; the height of one by its width, and the text in it. */
  readonly mostMatrixColumns: number;
  readonly matrixAspect: number;
  readonly cellTextSize: number;
  /** Height of a plot area by its width, of one panel in a row and of several. */
  readonly aspect: { readonly one: number; readonly several: number };
  readonly dash: readonly [number, number];
  readonly bandOpacity: number;
  readonly palette: Palette;
  /** Of lines that only divide: changes of the learning rate. */
  readonly quiet: string;
  /** "transparent" lets a page's own colour through. */
  readonly background: string;
}

// The fonts that are measured and embedded first. librsvg takes the system's: there, such as are no wider, so that nothing is
// cut off.
const sans = "Inter, 'Noto Sans JP', Helvetica, Arial, 'Liberation Sans', sans-serif";
const serif = "'STIX Two Text', 'Noto Serif JP', 'Times New Roman', 'Liberation Serif', serif";
const light = palettes.light;

export const figureStyles: Readonly<Record<FigureStyleName, FigureStyle>> = {
  screen: {
    ...{ name: "screen", pixelsPerPoint: 4 / 3, width: 760, height: undefined, margin: 12 },
    ...{ font: sans, textSize: 12, titleSize: 15, captionSize: 11, tickSize: 11 },
    ...{ lineWidth: 1.75, thinLineWidth: 0.75, axisWidth: 1, markerSize: 6, hasMarkers: false, hasGrid: true },
    ...{
      mostColumns: 3,
      mostMatrixColumns: 2,
      matrixAspect: 0.78,
      cellTextSize: 10,
      aspect: { one: 0.46, several: 0.72 },
      dash: [6, 4],
      bandOpacity: 0.13,
    },
    ...{ palette: light, quiet: "#b4b3ad", background: "#ffffff" },
  },
  // A column of a two-column paper: 3.3 in = 237.6 pt; 8 pt text, 4 pixels a point.
  paper: {
    ...{ name: "paper", pixelsPerPoint: 4, width: 950.4, height: undefined, margin: 4 },
    ...{ font: serif, textSize: 32, titleSize: 32, captionSize: 28, tickSize: 30 },
    ...{ lineWidth: 3.6, thinLineWidth: 1.4, axisWidth: 2, markerSize: 15, hasMarkers: true, hasGrid: false },
    ...{
      mostColumns: 2,
      mostMatrixColumns: 1,
      matrixAspect: 0.5,
      cellTextSize: 26,
      aspect: { one: 0.62, several: 0.95 },
      dash: [13, 8],
      bandOpacity: 0.1,
    },
    ...{
      palette: { ...light, ink: "#000000", inkSoft: "#333333", axis: "#000000" },
      quiet: "#a8a8a8",
      background: "transparent",
    },
  },
  // 16:9, to be read from the last row.
  slide: {
    ...{ name: "slide", pixelsPerPoint: 4 / 3, width: 1280, height: 720, margin: 40 },
    ...{ font: sans, textSize: 24, titleSize: 34, captionSize: 16, tickSize: 21 },
    ...{ lineWidth: 4, thinLineWidth: 1.5, axisWidth: 1.5, markerSize: 14, hasMarkers: false, hasGrid: true },
    ...{
      mostColumns: 4,
      mostMatrixColumns: 3,
      matrixAspect: 1,
      cellTextSize: 15,
      aspect: { one: 0.5, several: 0.9 },
      dash: [14, 9],
      bandOpacity: 0.13,
    },
    ...{ palette: light, quiet: "#b4b3ad", background: "#ffffff" },
  },
};
