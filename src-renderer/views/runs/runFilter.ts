import type { Run } from "../../../src-shared/contract/index.ts";

/** What else the runs of a table are told apart by, beside their state and a search. */
export const facets = ["family", "depth", "dataset", "study", "tag"] as const;
export type Facet = (typeof facets)[number];
/** The value that is asked for; a facet that is not named may have any. */
export type RunFilter = Partial<Readonly<Record<Facet, string>>>;

const valuesOf: Readonly<Record<Facet, (run: Run) => readonly string[]>> = {
  family: ({ family }) => [family],
  depth: ({ depth }) => [String(depth)],
  dataset: ({ dataset }) => [dataset],
  study: ({ studies }) => studies,
  tag: ({ tags }) => tags,
};

export const chosenFacets = (filter: RunFilter): Facet[] => facets.filter((facet) => filter[facet] !== undefined);

export function filteredRuns(runs: readonly Run[], filter: RunFilter): readonly Run[] {
  const asked = chosenFacets(filter);
  if (asked.length === 0) return runs;
  return runs.filter((run) => asked.every((facet) => valuesOf[facet](run).includes(filter[facet]!)));
}

const byNumberAndName = new Intl.Collator("en", { numeric: true }).compare;

/** Each facet's values among some runs, in order: 8 before 20, "night 2" before "night 10". */
export function facetValues(runs: Iterable<Run>): Readonly<Record<Facet, readonly string[]>> {
  const found = Object.fromEntries(facets.map((facet) => [facet, new Set<string>()])) as Record<Facet, Set<string>>;
  for (const run of runs) for (const facet of facets) for (const value of valuesOf[facet](run)) found[facet].add(value);
  const sorted = facets.map((facet) => [facet, [...found[facet]].sort(byNumberAndName)] as const);
  return Object.fromEntries(sorted) as Record<Facet, string[]>;
}

export function withFacet(filter: RunFilter, facet: Facet, value: string | undefined): RunFilter {
  const others = Object.fromEntries(Object.entries(filter).filter(([name]) => name !== facet));
  return value === undefined ? others : { ...others, [facet]: value };
}
