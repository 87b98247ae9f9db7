import { childFailure } from "../childFailure.ts";
import { openHistory, type History } from "../history/index.ts";
import { figureQuestionSchema, type FigureAnswer, type FigureQuestion } from "./figureMessage.ts";
import { RecipeRenderer } from "./recipeRenderer.ts";

/**
 * The process that draws figures for main: reading a study and drawing it takes a second, which would hold up everybody.
 * It reads the history by a connection of its own.
 */
let opened: { readonly home: string; readonly history: History; readonly renderer: RecipeRenderer } | undefined;

function rendererOf(home: string): RecipeRenderer {
  if (opened?.home !== home) {
    opened?.history.close();
    const history = openHistory({ home, readOnly: true });
    opened = { home, history, renderer: new RecipeRenderer(history, home) };
  }
  return opened.renderer;
}

async function answer(question: FigureQuestion): Promise<FigureAnswer> {
  const renderer = rendererOf(question.home);
  switch (question.type) {
    case "list":
      return { type: "listed", figures: await renderer.list(question.study) };
    case "render": {
      const { recipe, style, format, dpi } = question;
      return { type: "rendered", ...(await renderer.render(recipe, { style, format, dpi })) };
    }
  }
}

// Nobody is left to draw for.
process.on("disconnect", () => process.exit(0));

process.on("message", (message) => {
  const say = (said: FigureAnswer): void => void process.send?.(said);
  answer(figureQuestionSchema.parse(message)).then(say, (error: unknown) => say(childFailure(error)));
});
