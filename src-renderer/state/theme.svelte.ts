import type { ThemeName } from "../../src-shared/figures/palette.ts";

export const themeChoices = ["system", "light", "dark"] as const;
export type ThemeChoice = (typeof themeChoices)[number];

const storedAs = "theme";

/** Light, dark, or what the system says; kept in this browser. */
class Theme {
  choice: ThemeChoice = $state(stored());
  #systemIsDark = $state(matchMedia("(prefers-color-scheme: dark)").matches);
  readonly name: ThemeName = $derived(this.choice === "system" ? (this.#systemIsDark ? "dark" : "light") : this.choice);

  constructor() {
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", ({ matches }) => {
      this.#systemIsDark = matches;
    });
    show(this.choice);
  }

  choose(choice: ThemeChoice): void {
    this.choice = choice;
    localStorage.setItem(storedAs, choice);
    show(choice);
  }
}

const stored = (): ThemeChoice => themeChoices.find((choice) => choice === localStorage.getItem(storedAs)) ?? "system";

function show(choice: ThemeChoice): void {
  if (choice === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = choice;
}

export const theme = new Theme();
