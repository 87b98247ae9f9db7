import { figureStyleNames, type FigureStyleName } from "../../src-shared/figures/figureChoices.ts";
import { m } from "../paraglide/messages.js";

const storedAs = "figure-style";

const words: Readonly<Record<FigureStyleName, () => string>> = {
  screen: m.studies_style_screen,
  paper: m.studies_style_paper,
  slide: m.studies_style_slide,
};

/** In which style figures are shown and exported: one choice for the whole window, which outlives it. */
class FigureStyleChoice {
  name: FigureStyleName = $state(
    figureStyleNames.find((name) => name === localStorage.getItem(storedAs)) ?? figureStyleNames[0],
  );

  choose(name: FigureStyleName): void {
    this.name = name;
    localStorage.setItem(storedAs, name);
  }
}

export const figureStyle = new FigureStyleChoice();

export const styleOptions = (): { readonly value: FigureStyleName; readonly label: string }[] =>
  figureStyleNames.map((value) => ({ value, label: words[value]() }));
