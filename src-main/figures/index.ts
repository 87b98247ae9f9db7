export { defaultDpi, openStudyFigures, type FigureListing, type StudyRenderer } from "./studyRenderer.ts";
export { RecipeRenderer, type RenderedFigure, type Rendering } from "./recipeRenderer.ts";
export type { StudySource } from "./readStudyData.ts";
export { studySource } from "./studySource.ts";
