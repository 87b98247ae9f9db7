import type { SeededRun } from "./seedHome.ts";
import { uniform } from "./trainingLog.ts";

const depths = [20, 32, 44, 56] as const;
const families = ["plain", "residual"] as const;
const idOf = (family: string, depth: number, seed: number): string =>
  `${family}-${depth}-s${seed}-${Math.floor(uniform(depth * 1000 + seed * 7 + family.length) * 16 ** 6)
    .toString(16)
    .padStart(6, "0")}`;

const one: SeededRun = {
  ...{ id: idOf("residual", 8, 1), recipe: "quick", family: "residual", depth: 8, seed: 1, status: "finished" },
  evaluations: 6,
};

/** The course report's eight, whole: 64,000 iterations with an evaluation a thousand. */
const study: readonly SeededRun[] = families.flatMap((family) =>
  depths.map((depth): SeededRun => {
    const long = { recipe: "course", evaluations: 64, study: "course-report", status: "finished" } as const;
    return { ...long, id: idOf(family, depth, 1), family, depth, seed: 1 };
  }),
);

const waiting = [1, 2, 3].map((seed): SeededRun => {
  const id = idOf("residual", 44, 10 + seed);
  return { id, recipe: "course", family: "residual", depth: 44, seed, status: "queued" };
});

/** One of each state, with words as long as people write them. */
const states: readonly SeededRun[] = [
  {
    ...{ id: idOf("residual", 56, 2), recipe: "course", family: "residual", depth: 56, seed: 2, scale: 1 / 8 },
    ...{ status: "finished", pinned: true, study: "what-becomes-of-very-deep-plain-networks-without-any-warm-up" },
    tags: ["baseline", "for the seminar on Thursday", "rate-0.1", "second machine", "warm-up-after-all"],
    notes: "Began as the others; the machine was restarted twice meanwhile. Same bits as before, checked by hand.",
  },
  {
    ...{ id: idOf("plain", 110, 1), recipe: "paper", family: "plain", depth: 110, seed: 1, scale: 1 / 16 },
    ...{
      status: "diverged",
      share: 0.3,
      tags: ["too deep"],
      reason: "The loss was no longer a number at iteration 1200.",
    },
  },
  {
    ...{ id: idOf("residual", 110, 1), recipe: "paper", family: "residual", depth: 110, seed: 1, scale: 1 / 16 },
    ...{ status: "failed", share: 0.55 },
    reason: "There is no room left on the disk that holds the workbench folder; the last checkpoint is whole.",
  },
  {
    ...{ id: idOf("plain", 44, 3), recipe: "course", family: "plain", depth: 44, seed: 3, scale: 1 / 16 },
    ...{ status: "paused", share: 0.4, tags: ["after lunch"] },
  },
  {
    ...{ id: idOf("plain", 32, 4), recipe: "course", family: "plain", depth: 32, seed: 4, scale: 1 / 32 },
    ...{ status: "cancelled", share: 0.7, reason: "the network was the wrong one" },
  },
  {
    ...{ id: idOf("residual", 32, 5), recipe: "course", family: "residual", depth: 32, seed: 5, scale: 1 / 32 },
    ...{ status: "interrupted", share: 0.2, reason: "the workbench ended while it trained" },
  },
  ...waiting,
];

/** Most are done, some are not; forty wait. */
const many: readonly SeededRun[] = Array.from({ length: 1_000 - states.length - study.length }, (_, index) => {
  const family = families[index % 2];
  const depth = depths[Math.floor(index / 2) % depths.length];
  const seed = 100 + index;
  const chance = uniform(index);
  const base = {
    id: idOf(family, depth, seed),
    recipe: "course",
    family,
    depth,
    seed,
    scale: 1 / 128,
    evaluations: 5,
  } as const;
  if (index >= 940) return { ...base, status: "queued" };
  if (chance < 0.04) return { ...base, status: "failed", share: 0.5, reason: "The trainer was killed three times." };
  if (chance < 0.07) return { ...base, status: "diverged", share: 0.4, reason: "The loss became NaN." };
  return { ...base, status: "finished", tags: chance > 0.9 ? ["baseline"] : [] };
});

/** Histories that the window is looked at with. */
export const scenarios = {
  empty: [],
  one: [one],
  few: [one, ...states],
  states: [...study, ...states],
  /** With trainers at work, which screens plays. */
  live: [...study, ...waiting],
  thousand: [...study, ...many, ...states],
} as const satisfies Record<string, readonly SeededRun[]>;

/** What is played at work, in the scenario "live". */
export const training = [
  {
    id: "residual-110-s1-live",
    recipe: "paper",
    family: "residual",
    depth: 110,
    seed: 1,
    share: 0.62,
    evaluations: 64,
  },
  { id: "plain-56-s2-live", recipe: "course", family: "plain", depth: 56, seed: 2, share: 0.31, evaluations: 64 },
] as const satisfies readonly Omit<SeededRun, "status">[];

export type Scenario = keyof typeof scenarios;

/** Of the scenarios with a study: the run of 64,000 iterations that is looked at closely. */
export const longRun = study.at(-1)!.id;
