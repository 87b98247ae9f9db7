import { toCsv } from "../../src-shared/figures/csv.ts";
import type { Figure } from "../../src-shared/figures/figure.ts";
import type { FigureFormat } from "../../src-shared/figures/figureChoices.ts";
import { figureOption } from "../../src-shared/figures/figureOption.ts";
import type { FigureStyle } from "../../src-shared/figures/figureStyle.ts";
import { toPgfplots } from "../../src-shared/figures/pgfplots.ts";
import { tableToLatex, tableToMarkdown } from "../../src-shared/figures/tableText.ts";
import { drawSvg } from "./drawSvg.ts";
import { metadataLines, metadataOf, type SubjectMetadata } from "./figureMetadata.ts";
import { measureIn } from "./fonts.ts";
import type { SvgElement } from "./svgElements.ts";
import { toPdf } from "./toPdf.ts";
import { toPng } from "./toPng.ts";
import { toSvg } from "./toSvg.ts";

/** A figure in a style, to be written in any format. */
export interface DrawnFigure {
  readonly figure: Figure;
  /** Drawn when it is first asked for. */
  readonly svg: () => SvgElement;
}

export function drawnIn(figure: Figure, style: FigureStyle): DrawnFigure {
  let svg: SvgElement | undefined;
  return { figure, svg: () => (svg ??= drawSvg(figureOption(figure, style, measureIn(style.font)), style)) };
}

/** @returns the file's bytes; undefined where it is no table and is asked for as one */
export async function writeFigure(
  { figure, svg }: DrawnFigure,
  subject: SubjectMetadata,
  { format, dpi }: { readonly format: FigureFormat; readonly dpi: number },
): Promise<Uint8Array | undefined> {
  const metadata = metadataOf(figure, subject);
  switch (format) {
    case "svg":
      return Buffer.from(await toSvg(svg(), metadata));
    case "pdf":
      return toPdf(svg(), metadata);
    case "png":
      return toPng(svg(), metadata, dpi);
    case "csv":
      return Buffer.from(toCsv(figure.records));
    case "tex":
      return figure.table && Buffer.from(tableToLatex(figure, figure.table, metadataLines(metadata)));
    case "md":
      return figure.table && Buffer.from(tableToMarkdown(figure, figure.table, metadataLines(metadata)));
    case "pgfplots":
      return Buffer.from(toPgfplots(figure, metadataLines(metadata)));
  }
}
