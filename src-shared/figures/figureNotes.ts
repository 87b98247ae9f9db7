import { counted, grouped, inWords } from "./lists.ts";
import { mostSingleSeeds } from "./seedLines.ts";
import type { CellData, StudyData } from "./studyData.ts";
import { depthsOf, variantsOf, type Variant } from "./variants.ts";

type State = CellData["state"];

const stateWords: Readonly<Record<Exclude<State, "done">, string>> = {
  running: "still training",
  waiting: "not done yet",
  missing: "missing",
  failed: "failed",
  diverged: "diverged",
};

/** What is drawn of cells that are not done, and which those are: nothing of a study is left out in silence. */
export function absenceNotes(data: StudyData, variants: readonly Variant[] = variantsOf(data)): string[] {
  const cells = data.cells.filter((cell) => variants.some((variant) => variant.family === cell.family));
  const severalSeeds = new Set(cells.map(({ seed }) => seed)).size > 1;
  return (Object.keys(stateWords) as (keyof typeof stateWords)[]).flatMap((state) => {
    const names = cells.filter((cell) => cell.state === state).map((cell) => cellName(cell, severalSeeds));
    if (names.length === 0) return [];
    const most = 8;
    const shown = names.length > most ? [...names.slice(0, most - 1), `${names.length - most + 1} more`] : names;
    return [`${capital(stateWords[state])}: ${inWords(shown)}.`];
  });
}

function cellName({ family, depth, seed, run }: CellData, severalSeeds: boolean): string {
  const name = `${family}-${depth}${severalSeeds ? ` (seed ${seed})` : ""}`;
  const isPart = run !== undefined && run.done > 0;
  return isPart ? `${name} at iteration ${grouped(run.done)}` : name;
}

export const lowerFirst = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);
export const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** The most seeds that any network of the study has finished. */
export function seedsDone(data: StudyData): number {
  const counts = variantsOf(data).flatMap((variant) =>
    depthsOf(data).map(
      (depth) =>
        data.cells.filter(
          (cell) =>
            cell.state === "done" &&
            cell.family === variant.family &&
            cell.depth === depth &&
            (cell.family === "plain" || cell.shortcut === variant.shortcut),
        ).length,
    ),
  );
  return Math.max(0, ...counts);
}

/** How several seeds are drawn as curves; nothing where there is one. */
export function seedNote(data: StudyData): string[] {
  const seeds = seedsDone(data);
  if (seeds <= 1) return [];
  return seeds <= mostSingleSeeds
    ? [`Thin: each seed; thick: mean of ${counted(seeds, "seed")}.`]
    : [`Line: mean of ${counted(seeds, "seed")}; band: one sample standard deviation on each side.`];
}

/** How several seeds are drawn as points. */
export const spreadNote = (data: StudyData): string[] =>
  seedsDone(data) > 1 ? [`Mean of ${counted(seedsDone(data), "seed")}; bars: one sample standard deviation.`] : [];

/** The last sentence: of which schedule, data and seeds all this is. */
export const labelNote = ({ labels }: StudyData): string[] => [`${capital(labels.join(", "))}.`];
