import {
  figureNames,
  type FigureFormat,
  type FigureName,
  type FigureNeed,
  type FigureStyleName,
} from "../../src-shared/figures/figureChoices.ts";
import { figureStyles } from "../../src-shared/figures/figureStyle.ts";
import type { StudyData } from "../../src-shared/figures/studyData.ts";
import { studyFigures } from "../../src-shared/figures/studyFigures.ts";
import { fidelityInWords } from "../../src-shared/study/fidelityInWords.ts";
import type { SubjectMetadata } from "./figureMetadata.ts";
import { readStudyData, type StudySource } from "./readStudyData.ts";
import { drawnIn, writeFigure, type DrawnFigure } from "./writeFigure.ts";

/** Dots an inch of pictures that nobody has asked another resolution for. */
export const defaultDpi = 300;

/** A figure of a study, and whether there is anything to draw it from yet. */
export interface FigureListing {
  readonly name: FigureName;
  readonly title: string | undefined;
  readonly formats: readonly FigureFormat[];
  readonly hasData: boolean;
  /** What it is drawn from: what is lacking where there is no data. */
  readonly needs: FigureNeed;
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
  readonly metadata: SubjectMetadata;
  list(): FigureListing[];
  /** Undefined where there is no data yet. */
  readonly draw: (name: FigureName, style: FigureStyleName) => DrawnFigure | undefined;
  /** @returns the file's bytes; undefined where there is no data yet, or the figure has no such format */
  render(request: RenderRequest): Promise<Uint8Array | undefined>;
}

/** Reads a study for its figures. @param ownTurn called between runs, so that a server can do something else */
export async function openStudyFigures(
  source: StudySource,
  ownTurn: () => Promise<void> = async () => {},
): Promise<StudyRenderer> {
  const data = await readStudyData(source, ownTurn);
  const metadata = metadataOfStudy(source);
  const drawn = new Map<string, DrawnFigure | undefined>();
  const draw = (name: FigureName, style: FigureStyleName): DrawnFigure | undefined => {
    const key = `${name} ${style}`;
    if (!drawn.has(key)) {
      const figure = studyFigures[name].draw(data, figureStyles[style]);
      drawn.set(key, figure && drawnIn(figure, figureStyles[style]));
    }
    return drawn.get(key);
  };
  return {
    ...{ data, metadata, draw },
    list: () =>
      figureNames.map((name) => {
        const { formats, needs } = studyFigures[name];
        const title = draw(name, "screen")?.figure.title;
        return { name, title, formats, needs, hasData: title !== undefined };
      }),
    render: async ({ figure: name, style, format, dpi = defaultDpi }) => {
      if (!studyFigures[name].formats.includes(format)) return undefined;
      const found = draw(name, style);
      return found && writeFigure(found, metadata, { format, dpi });
    },
  };
}

const metadataOfStudy = ({ study, grid, cells, fidelity }: StudySource): SubjectMetadata => ({
  subject: `Study: ${study}`,
  runs: cells.flatMap(({ run }) => (run ? [run.id] : [])),
  deviations: fidelity.flatMap((line) => (line.kind === "deviation" ? [fidelityInWords(grid.recipe, line)] : [])),
});
