export { drawSvg } from "./drawSvg.ts";
export { measureIn } from "./fonts.ts";
export { readStudyData, type StudySource } from "./readStudyData.ts";
export { defaultDpi, openStudyFigures, type FigureListing, type StudyRenderer } from "./studyRenderer.ts";
export { RecipeRenderer, type RenderedFigure, type Rendering } from "./recipeRenderer.ts";
export { studySource } from "./studySource.ts";
export { writeSvg, type SvgElement } from "./svgElements.ts";
export { fontFaces } from "./toSvg.ts";
