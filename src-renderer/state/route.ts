import { figureNames, type FigureName } from "../../src-shared/figures/figureChoices.ts";

/** The window's places, and how they are written in the address behind "#", so that they can be copied. */
export const runTabs = ["curves", "confusion", "configuration", "log"] as const;
export type RunTab = (typeof runTabs)[number];

export type Route =
  | { readonly view: "queue" }
  | { readonly view: "new"; readonly recipe?: string | undefined; readonly from?: string | undefined }
  | { readonly view: "runs"; readonly search?: string | undefined }
  | { readonly view: "run"; readonly id: string; readonly tab: RunTab; readonly at?: number | undefined }
  | {
      readonly view: "data";
      readonly name?: string | undefined;
      /** Which image is shown: of this part, at this place. */
      readonly part?: "train" | "test" | undefined;
      readonly at?: number | undefined;
    }
  | {
      readonly view: "compare";
      /** One that was saved. */
      readonly name?: string | undefined;
      /** A whole study. */
      readonly study?: string | undefined;
      /** What is seen (src-shared/compare/recipeQuery.ts); undefined: as it was saved. */
      readonly query?: string | undefined;
    }
  | { readonly view: "studies" }
  /** With a figure: that one, large. */
  | { readonly view: "study"; readonly name: string; readonly figure?: FigureName | undefined }
  | { readonly view: "setup" }
  | { readonly view: "missing"; readonly address: string };

export const home: Route = { view: "queue" };

/** @param hash as in `location.hash`: "#/runs/residual-20-s1-1f3a9c/confusion?at=1000" */
export function parseRoute(hash: string): Route {
  const [path, query = ""] = hash.replace(/^#\/?/, "").split("?", 2);
  const parameters = new URLSearchParams(query);
  const named = (name: string): string | undefined => parameters.get(name) ?? undefined;
  const missing: Route = { view: "missing", address: hash };
  let parts: string[];
  try {
    parts = path.split("/").map(decodeURIComponent);
  } catch {
    return missing;
  }
  const [first, second, third, ...rest] = parts;
  if (rest.length > 0) return missing;
  switch (first) {
    case "":
    case "queue":
      return second === undefined ? home : missing;
    case "new":
      return second === undefined ? { view: "new", recipe: named("recipe"), from: named("from") } : missing;
    case "runs": {
      if (second === undefined) return { view: "runs", search: named("search") };
      const tab = runTabs.find((known) => known === (third ?? "curves"));
      if (tab === undefined || second === "") return missing;
      return { view: "run", id: second, tab, at: wholeNumber(named("at")) };
    }
    case "data":
      if (third !== undefined) return missing;
      if (second === undefined) return { view: "data" };
      return { view: "data", name: second, part: partIn(named("part")), at: wholeNumber(named("at")) };
    case "compare": {
      if (third !== undefined || second === "") return missing;
      const study = named("study");
      return { view: "compare", name: second, study, query: study === undefined && query !== "" ? query : undefined };
    }
    case "studies": {
      if (second === undefined) return { view: "studies" };
      const figure = figureNames.find((known) => known === third);
      if (second === "" || (third !== undefined && figure === undefined)) return missing;
      return { view: "study", name: second, figure };
    }
    case "setup":
      return second === undefined ? { view: "setup" } : missing;
    default:
      return missing;
  }
}

/** The other way round: "#/runs/..." */
export function hrefOf(route: Route): string {
  switch (route.view) {
    case "queue":
    case "studies":
    case "setup":
      return `#/${route.view}`;
    case "new":
      return `#/new${queryOf({ recipe: route.recipe, from: route.from })}`;
    case "runs":
      return `#/runs${queryOf({ search: route.search })}`;
    case "run": {
      const tab = route.tab === "curves" ? "" : `/${route.tab}`;
      return `#/runs/${encodeURIComponent(route.id)}${tab}${queryOf({ at: route.at?.toString() })}`;
    }
    case "data":
      if (route.name === undefined) return "#/data";
      return `#/data/${encodeURIComponent(route.name)}${queryOf({ part: route.part, at: route.at?.toString() })}`;
    case "compare": {
      const name = route.name === undefined ? "" : `/${encodeURIComponent(route.name)}`;
      const query = route.query === undefined ? queryOf({ study: route.study }) : `?${route.query}`;
      return `#/compare${name}${query}`;
    }
    case "study":
      return studyHref(route.name, route.figure);
    case "missing":
      return route.address;
  }
}

const wholeNumber = (text: string | undefined): number | undefined =>
  text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined;

const partIn = (text: string | undefined) => (text === "train" || text === "test" ? text : undefined);

function queryOf(parameters: Readonly<Record<string, string | undefined>>): string {
  const given = Object.entries(parameters).filter((entry): entry is [string, string] => Boolean(entry[1]));
  return given.length === 0 ? "" : `?${new URLSearchParams(given).toString()}`;
}

export const runHref = (id: string, tab: RunTab = "curves"): string => hrefOf({ view: "run", id, tab });

/** A comparison of runs, or one more run in none yet. */
export const compareHref = (ids: readonly string[]): string =>
  hrefOf({ view: "compare", query: `runs=${ids.map(encodeURIComponent).join(",")}` });
export const studyHref = (name: string, figure?: FigureName): string =>
  `#/studies/${encodeURIComponent(name)}${figure === undefined ? "" : `/${figure}`}`;
