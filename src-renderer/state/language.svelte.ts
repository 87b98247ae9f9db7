import { baseLocale, locales, overwriteGetLocale, type Locale } from "../paraglide/runtime.js";

export const languageChoices = ["system", ...locales] as const;
export type LanguageChoice = (typeof languageChoices)[number];

const storedAs = "language";

/**
 * English, Japanese, or what the system says; kept in this browser. Every message asks for it while it is drawn, so that
 * a choice redraws the texts, and nothing else.
 */
class Language {
  choice: LanguageChoice = $state(stored());
  #system: Locale = $state(systemLocale());
  readonly name: Locale = $derived(this.choice === "system" ? this.#system : this.choice);

  constructor() {
    addEventListener("languagechange", () => {
      this.#system = systemLocale();
    });
    overwriteGetLocale(() => this.name);
    // As long as the page; before anything is drawn, for what reads the attribute (fonts, screen readers).
    document.documentElement.lang = this.name;
    $effect.root(() => {
      $effect(() => {
        document.documentElement.lang = this.name;
      });
    });
  }

  choose(choice: LanguageChoice): void {
    this.choice = choice;
    localStorage.setItem(storedAs, choice);
  }
}

const stored = (): LanguageChoice =>
  languageChoices.find((choice) => choice === localStorage.getItem(storedAs)) ?? "system";

/** The first of the system's languages that there is. */
const systemLocale = (): Locale =>
  navigator.languages
    .map((tag) => new Intl.Locale(tag).language)
    .map((spoken) => locales.find((locale) => locale === spoken))
    .find((locale) => locale !== undefined) ?? baseLocale;

export const language = new Language();
