import { toCsv } from "../../src-shared/figures/csv.ts";
import type { Figure } from "../../src-shared/figures/figure.ts";
import { figureOption } from "../../src-shared/figures/figureOption.ts";
import {
  figureNames,
  type FigureFormat,
  type FigureName,
  type FigureStyleName,
} from "../../src-shared/figures/figureChoices.ts";
import { figureStyles } from "../../src-shared/figures/figureStyle.ts";
import { toPgfplots } from "../../src-shared/figures/pgfplots.ts";
import type { StudyData } from "../../src-shared/figures/studyData.ts";
import { studyFigures } from "../../src-shared/figures/studyFigures.ts";
import { tableToLatex, tableToMarkdown } from "../../src-shared/figures/tableText.ts";
import { codeVersion } from "../codeVersion.ts";
import { drawSvg } from "./drawSvg.ts";
import { measureIn } from "./fonts.ts";
import { metadataLines, metadataOf, readStudyData, type StudySource } from "./readStudyData.ts";
import type { SvgElement } from "./svgElements.ts";
import { toPdf } from "./toPdf.ts";
import { toPng } from "./toPng.ts";
import { toSvg } from "./toSvg.ts";

/** Dots an inch of pictures that nobody has asked another resolution for. */
export const defaultDpi = 300;

/** A figure of a study, and whether there is anything to draw it from yet. */
export interface FigureListing {
  readonly name: FigureName;
  readonly title: string | undefined;
  readonly formats: readonly FigureFormat[];
  readonly hasData: boolean;
}

export interface RenderRequest {
  readonly figure: FigureName;
  readonly style: FigureStyleName;
  readonly format: FigureFormat;
  /** Of a PNG. */
  readonly dpi?: number | undefined;
}

/** The figures of one study, at one moment: read once, rendered as often as wanted. */
export interface StudyRenderer {
  readonly data: StudyData;
  list(): FigureListing[];
  /** @returns the file's bytes; undefined where there is no data yet, or the figure has no such format */
  render(request: RenderRequest): Promise<Uint8Array | undefined>;
}

/** Reads a study for its figures. @param ownTurn called between runs, so that a server can do something else */
export async function openStudyFigures(
  source: StudySource,
  ownTurn: () => Promise<void> = async () => {},
): Promise<StudyRenderer> {
  const data = await readStudyData(source, ownTurn);
  const version = codeVersion();
  const drawn = new Map<string, Drawn | undefined>();
  const draw = (name: FigureName, style: FigureStyleName): Drawn | undefined => {
    const key = `${name} ${style}`;
    if (!drawn.has(key)) drawn.set(key, drawFigure(data, name, style));
    return drawn.get(key);
  };
  return {
    data,
    list: () =>
      figureNames.map((name) => {
        const figure = studyFigures[name].draw(data, figureStyles.screen);
        return { name, title: figure?.title, formats: studyFigures[name].formats, hasData: figure !== undefined };
      }),
    render: async ({ figure: name, style, format, dpi = defaultDpi }) => {
      if (!studyFigures[name].formats.includes(format)) return undefined;
      const found = draw(name, style);
      if (!found) return undefined;
      const { figure } = found;
      const metadata = metadataOf(figure, source, version);
      switch (format) {
        case "svg":
          return Buffer.from(await toSvg(found.svg(), metadata));
        case "pdf":
          return toPdf(found.svg(), metadata);
        case "png":
          return toPng(found.svg(), metadata, dpi);
        case "csv":
          return Buffer.from(toCsv(figure.records));
        case "tex":
          return figure.table && Buffer.from(tableToLatex(figure, figure.table, metadataLines(metadata)));
        case "md":
          return figure.table && Buffer.from(tableToMarkdown(figure, figure.table, metadataLines(metadata)));
        case "pgfplots":
          return Buffer.from(toPgfplots(figure, metadataLines(metadata)));
      }
    },
  };
}

interface Drawn {
  readonly figure: Figure;
  /** Drawn when it is first asked for. */
  readonly svg: () => SvgElement;
}

function drawFigure(data: StudyData, name: FigureName, styleName: FigureStyleName): Drawn | undefined {
  const style = figureStyles[styleName];
  const figure = studyFigures[name].draw(data, style);
  if (!figure) return undefined;
  let svg: SvgElement | undefined;
  return { figure, svg: () => (svg ??= drawSvg(figureOption(figure, style, measureIn(style.font)), style)) };
}

/** File names: "error.svg", "error.pgfplots.tex". */
export const figureFile = (name: FigureName, format: FigureFormat): string =>
  format === "pgfplots" ? `${name}.pgfplots.tex` : `${name}.${format}`;

export type { StudySource } from "./readStudyData.ts";
export { studySource } from "./studySource.ts";
