import { describe, expect, test } from "vitest";
import type { CellOutcome } from "../../src-shared/study/cellOutcome.ts";
import { verdicts, type ClaimName, type Verdict } from "../../src-shared/study/claims.ts";
import { compare, estimate, shareEstimate } from "../../src-shared/study/estimate.ts";

const depths = [20, 32, 44, 56];
const error = 0.01;
const at = (mean: number) => ({ mean, standardError: error, values: 100 });

interface Made {
  readonly plain: readonly (number | undefined)[];
  readonly residual: readonly (number | undefined)[];
  /** 1 - accuracy, as the loss by default. */
  readonly plainTraining?: readonly number[];
  readonly plainTest?: readonly number[];
  /** Epochs of each residual network to the same loss. */
  readonly epochs?: readonly number[];
}

/** A study of made-up losses, one entry a depth; undefined where a cell is missing. */
const study = (...seeds: readonly Made[]): CellOutcome[] =>
  seeds.flatMap((made, index) =>
    (["plain", "residual"] as const).flatMap((family) =>
      made[family].map((loss, place): CellOutcome => {
        const slow = family === "residual" ? (made.epochs?.[place] ?? 3) : 3;
        return {
          ...{ family, depth: depths[place], shortcut: "none", seed: index + 1, diverged: false },
          outcome:
            loss === undefined
              ? undefined
              : {
                  loss: at(loss),
                  trainingError: at((family === "plain" ? made.plainTraining?.[place] : undefined) ?? loss / 3),
                  testError: at((family === "plain" ? made.plainTest?.[place] : undefined) ?? loss / 2),
                  epochLosses: Array.from({ length: 12 }, (_, epoch) => (epoch + 1 >= slow ? 0.1 : 2)),
                },
        };
      }),
    ),
  );

const paper: Made = { plain: [0.5, 0.8, 1.2, 1.6], residual: [0.4, 0.3, 0.2, 0.1] };
const found = (cells: readonly CellOutcome[], claim: ClaimName, scale = 1): Verdict =>
  verdicts(cells, scale).find((verdict) => verdict.claim === claim)!;

describe("verdicts on made-up studies", () => {
  test.each<[string, readonly CellOutcome[], ClaimName, number, Partial<Verdict>]>([
    ["as the paper says, three seeds", study(paper, paper, paper), "plain-degrades", 1, { answer: "yes", holds: 3 }],
    ["", study(paper, paper, paper), "not-over-fitting", 1, { answer: "yes" }],
    ["", study(paper, paper, paper), "depth-helps-residual", 1, { answer: "yes", evidence: "20 > 32 > 44 > 56" }],
    ["", study(paper, paper, paper), "depth-hardly-slows-residual", 1, { answer: "yes" }],
    ["", study(paper, paper, paper), "residual-beats-plain", 1, { answer: "yes" }],
    ["one seed is never a yes", study(paper), "plain-degrades", 1, { answer: "one-seed", holds: 1, seeds: 1 }],
    [
      "the contrary in two seeds is a no",
      study({ ...paper, plain: [1, 0.8, 0.6, 0.4] }, { ...paper, plain: [1, 0.8, 0.6, 0.4] }),
      "plain-degrades",
      1,
      { answer: "no" },
    ],
    [
      "the contrary in one seed is no no",
      study({ ...paper, plain: [1, 0.8, 0.6, 0.4] }),
      "plain-degrades",
      1,
      { answer: "cannot-say", reason: "one-seed-contrary" },
    ],
    [
      "a tie between neighbours does not spoil it",
      study({ ...paper, plain: [0.5, 0.8, 0.81, 1.6] }, paper),
      "plain-degrades",
      1,
      { answer: "yes", evidence: "20 < 32 ~ 44 < 56" },
    ],
    [
      "all ties say nothing",
      study({ ...paper, plain: [1, 1.01, 1, 1.02] }, { ...paper, plain: [1, 1, 1, 1] }),
      "plain-degrades",
      1,
      { answer: "cannot-say", reason: "within-spread", evidence: "20 ~ 32 ~ 44 ~ 56" },
    ],
    [
      "in one of two seeds only",
      study(paper, { ...paper, plain: [1, 0.5, 0.9, 1.2] }),
      "plain-degrades",
      1,
      { answer: "cannot-say", reason: "within-spread", holds: 1, seeds: 2 },
    ],
    [
      "a missing cell",
      study({ ...paper, plain: [0.5, undefined, 1.2, 1.6] }),
      "plain-degrades",
      1,
      { answer: "cannot-say", reason: "missing-cells", seeds: 0 },
    ],
    [
      "a missing cell in the second seed leaves the first",
      study(paper, { ...paper, plain: [0.5, undefined, 1.2, 1.6] }),
      "plain-degrades",
      1,
      { answer: "one-seed", reason: "missing-cells", seeds: 1 },
    ],
    ["no cells at all", [], "residual-beats-plain", 1, { answer: "cannot-say", reason: "missing-cells" }],
    [
      "one depth",
      study({ plain: [0.5], residual: [0.4] }),
      "plain-degrades",
      1,
      { answer: "cannot-say", reason: "one-depth" },
    ],
    [
      "on a short schedule residual depth that does not pay yet is no no",
      study({ ...paper, residual: [0.3, 0.35, 0.4, 0.5] }, { ...paper, residual: [0.3, 0.35, 0.4, 0.5] }),
      "depth-helps-residual",
      1 / 32,
      { answer: "cannot-say", reason: "schedule-too-short" },
    ],
    [
      "on the whole schedule it is",
      study({ ...paper, residual: [0.3, 0.35, 0.4, 0.5] }, { ...paper, residual: [0.3, 0.35, 0.4, 0.5] }),
      "depth-helps-residual",
      1,
      { answer: "no" },
    ],
    [
      "over-fitting: the training error falls while the test error rises",
      study(...[1, 2].map(() => ({ ...paper, plainTraining: [0.4, 0.3, 0.2, 0.1], plainTest: [0.2, 0.3, 0.4, 0.5] }))),
      "not-over-fitting",
      1,
      { answer: "no" },
    ],
    [
      "deep residual networks that need twice the epochs",
      study({ ...paper, epochs: [3, 4, 5, 6] }, { ...paper, epochs: [3, 4, 5, 6] }),
      "depth-hardly-slows-residual",
      1,
      { answer: "no", evidence: "epochs to a loss of 0.100: 20: 3, 32: 4, 44: 5, 56: 6" },
    ],
    [
      "residual-20 behind plain-20, as in the course report",
      study({ ...paper, residual: [0.6, 0.3, 0.2, 0.1] }, { ...paper, residual: [0.6, 0.3, 0.2, 0.1] }),
      "residual-beats-plain",
      1,
      {
        answer: "cannot-say",
        reason: "within-spread",
        evidence: "20: 0.600 > 0.500, 32: 0.300 < 0.800, 44: 0.200 < 1.20, 56: 0.100 < 1.60",
      },
    ],
  ])("%s", (_, cells, claim, scale, wanted) => expect(found(cells, claim, scale)).toMatchObject(wanted));
});

describe("estimates", () => {
  test("mean and standard error, by hand", () => {
    expect(estimate([1, 2, 3, 4])).toEqual({ mean: 2.5, standardError: Math.sqrt(5 / 3 / 4), values: 4 });
    expect(estimate([7])).toEqual({ mean: 7, standardError: 0, values: 1 });
    expect(estimate([])).toBeUndefined();
    expect(estimate([1, NaN])).toBeUndefined();
  });
  test.each([
    [1, 1.02, "tie"],
    [1, 1.029, "less"],
    [1.03, 1, "greater"],
    [1, 1, "tie"],
  ] as const)("%d beside %d, each with an error of 0.01: %s", (a, b, order) =>
    expect(compare(at(a), at(b))).toBe(order),
  );
  test("a share of trials", () =>
    expect(shareEstimate(0.1, 900)).toEqual({ mean: 0.1, standardError: 0.01, values: 900 }));
});
