import { figureNames, type FigureName } from "../../src-shared/figures/figureChoices.ts";
import type { Figure } from "../../src-shared/figures/figure.ts";
import { figureOption } from "../../src-shared/figures/figureOption.ts";
import { figureStyles, type FigureStyle } from "../../src-shared/figures/figureStyle.ts";
import { palettes, type ThemeName } from "../../src-shared/figures/palette.ts";
import type { StudyData } from "../../src-shared/figures/studyData.ts";
import { studyFigures } from "../../src-shared/figures/studyFigures.ts";
import type { ReportColours, ReportFigure, StudyFacts } from "../../src-shared/report/reportFacts.ts";
import { drawSvg, measureIn, writeSvg, type SvgElement } from "../figures/index.ts";
import { ThemeColours } from "./themeColours.ts";

/** On a page there is no margin around a figure, and the page's own colour behind it. */
const styleIn = (theme: ThemeName): FigureStyle => ({
  ...figureStyles.screen,
  ...{ margin: 2, background: "transparent", palette: palettes[theme] },
  quiet: theme === "light" ? figureStyles.screen.quiet : "#55585d",
});
const [light, dark] = [styleIn("light"), styleIn("dark")];

export interface DrawnFigures extends Pick<StudyFacts, "figures" | "lacking"> {
  readonly colours: ReportColours;
  /** All of them, for the characters of their texts. */
  readonly drawing: SvgElement;
}

/** The figures of a study for a page that is read in daylight and in the dark. */
export function drawnFigures(data: StudyData): DrawnFigures {
  const colours = new ThemeColours();
  const drawings: SvgElement[] = [];
  const figures: ReportFigure[] = [];
  const lacking: { name: FigureName; needs: StudyFacts["lacking"][number]["needs"] }[] = [];
  for (const name of figureNames) {
    const { draw, needs } = studyFigures[name];
    const figure = draw(data, light);
    if (!figure) {
      lacking.push({ name, needs });
      continue;
    }
    const { title, caption, table } = figure;
    if (table) figures.push({ name, title, caption, svg: "", table });
    else {
      const drawing = alone(colours.joined(drawingOf(figure, light), drawingOf(draw(data, dark)!, dark)), figure, name);
      drawings.push(drawing);
      figures.push({ name, title, caption, svg: writeSvg(drawing), table: undefined });
    }
  }
  const drawing = { name: "g", attributes: {}, text: "", children: drawings };
  return { figures, lacking, drawing, colours: colours.all };
}

/** Title and caption are the page's. */
const drawingOf = (figure: Figure, style: FigureStyle): SvgElement =>
  drawSvg(figureOption({ ...figure, title: "", caption: [] }, style, measureIn(style.font)), style);

/** Ids are the page's, not the figure's: each figure gets its own. As wide as the page; named for those who do not see it. */
function alone(drawing: SvgElement, { title }: Figure, name: FigureName): SvgElement {
  const own = (element: SvgElement): SvgElement => {
    const attributes = Object.fromEntries(
      Object.entries(element.attributes).map(([key, value]) => [
        key,
        key === "id" ? `${name}-${value}` : value.replaceAll("url(#", `url(#${name}-`).replace(/^#/, isReference(key) ? `#${name}-` : "#"),
      ]),
    ); // prettier-ignore
    return { ...element, attributes, children: element.children.map(own) };
  };
  const { children, attributes } = own(drawing);
  const { viewBox } = attributes;
  return { name: "svg", attributes: { viewBox, role: "img", "aria-label": title }, text: "", children };
}

const isReference = (attribute: string): boolean => attribute === "href" || attribute === "xlink:href";
