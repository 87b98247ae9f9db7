import type { ReportColours } from "../../src-shared/report/reportFacts.ts";
import type { SvgElement } from "../figures/index.ts";

const coloured: readonly string[] = ["fill", "stroke", "stop-color"];

/** Colours of drawings that are made twice, for daylight and for the dark, under one name for each pair. */
export class ThemeColours {
  readonly #names = new Map<string, string>();
  readonly #all: { name: string; light: string; dark: string }[] = [];

  get all(): ReportColours {
    return this.#all;
  }

  /**
   * One drawing of two that differ in colours alone: where they do, the colour is a variable of the page.
   * @returns the first as it is where they are not of one shape
   */
  joined(light: SvgElement, dark: SvgElement): SvgElement {
    return hasOneShape(light, dark) ? this.#join(light, dark) : light;
  }

  #join(light: SvgElement, dark: SvgElement): SvgElement {
    const attributes = Object.fromEntries(
      Object.entries(light.attributes).map(([key, value]) => [
        key,
        coloured.includes(key) && value !== dark.attributes[key] ? this.#variable(value, dark.attributes[key]) : value,
      ]),
    );
    return { ...light, attributes, children: light.children.map((child, at) => this.#join(child, dark.children[at])) };
  }

  #variable(light: string, dark: string): string {
    const pair = `${light} ${dark}`;
    let name = this.#names.get(pair);
    if (name === undefined) {
      name = `c${this.#names.size}`;
      this.#names.set(pair, name);
      this.#all.push({ name, light, dark });
    }
    return `var(--${name})`;
  }
}

const hasOneShape = (one: SvgElement, other: SvgElement): boolean =>
  one.name === other.name &&
  one.children.length === other.children.length &&
  Object.keys(one.attributes).every((key) => other.attributes[key] !== undefined) &&
  one.children.every((child, at) => hasOneShape(child, other.children[at]));
