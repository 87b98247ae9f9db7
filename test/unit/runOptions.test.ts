import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseRunConfig } from "../../src-shared/configSettings.ts";
import { runConfigFrom } from "../../src-main/cli/runOptions.ts";
import { WorkbenchError } from "../../src-shared/errors.ts";
import { recipeNames, recipes } from "../../src-shared/recipes.ts";
import type { LearningRateSchedule } from "../../src-shared/runConfig.ts";
import { learningRateAt } from "../../src-shared/schedule.ts";

describe("a run's configuration", () => {
  it.each(recipeNames)("recipe %s is valid as it stands", (name) => {
    expect(parseRunConfig(recipes[name].config())).toEqual(recipes[name].config());
  });

  it("scales the schedule, then sets", () => {
    const config = runConfigFrom({ recipe: "course", scale: 1 / 32, set: ["seed=7", "precision=bfloat16"] });
    expect(config.training.iterations).toBe(2000);
    expect(config.training.learningRate).toMatchObject({ dropAtIterations: [1000, 1500] });
    expect(config.evaluation.everyIterations).toBe(200);
    expect(config).toMatchObject({ seed: 7, precision: "bfloat16" });
  });

  it.each([
    { recipe: "course", set: [], probed: [0, 32_000, 48_000, 64_000] },
    { recipe: "paper", set: [], probed: [0, 32_000, 48_000, 64_000] },
    { recipe: "paper", set: ["network.depth=110"], probed: [0, 32_000, 48_000, 64_000] },
    { recipe: "course", scale: 1 / 32, set: [], probed: [0, 1000, 1500, 2000] },
    { recipe: "course", scale: 1e-5, set: [], probed: [0, 1] },
    { recipe: "course", scale: 1 / 32, set: ["probe.atIterations=[7]"], probed: [7] },
    { recipe: "course", set: ["probe.atIterations=[]"], probed: [] },
    { recipe: "quick", set: [], probed: [] },
  ])("$recipe, scale $scale, $set probes at $probed", ({ probed, ...options }) => {
    const { probe, training } = runConfigFrom(options);
    expect(probe.atIterations).toEqual(probed);
    if (options.set.length > 0 || probed.length < 3) return;
    const { learningRate, iterations } = training;
    expect(probed).toEqual([0, ...(learningRate.kind === "steps" ? learningRate.dropAtIterations : []), iterations]);
  });

  it("gives the paper's 110 layers a warm-up", () => {
    const config = runConfigFrom({ recipe: "paper", set: ["network.depth=110"] });
    expect(config.training.learningRate.warmup).toEqual({ iterations: 400, learningRate: 0.01 });
    expect(runConfigFrom({ recipe: "paper", set: [] }).training.learningRate.warmup).toBeUndefined();
  });

  it.each([
    ["training.learningrate.base=1", "training.learningRate"],
    ["batchSize=1", "training.batchSize"],
    ["network.dept=20", "network.depth"],
    ["sede=2", "seed"],
  ])("suggests what %s meant", (set, suggestion) => {
    const run = () => runConfigFrom({ recipe: "quick", set: [set] });
    expect(run).toThrow(WorkbenchError);
    try {
      run();
    } catch (error) {
      expect((error as WorkbenchError).mend).toContain(suggestion);
    }
  });

  it("takes 1,000 mutated configurations or refuses them with a typed error", () => {
    const base = recipes.paper.config({ depth: 110 });
    const paths = pathsOf(base);
    const junk = fc.oneof(
      fc.json(),
      fc.string(),
      fc.double().map(String),
      fc.constantFrom("null", "-1", "1e999", "{}", "[]", "NaN"),
    );
    const setting = fc
      .tuple(fc.oneof(fc.constantFrom(...paths), fc.string()), junk)
      .map(([path, value]) => `${path}=${value}`);
    let worked = 0;
    fc.assert(
      fc.property(
        fc.array(setting, { minLength: 1, maxLength: 4 }),
        fc.option(fc.double({ min: 1e-6, max: 1 })),
        (set, scale) => {
          try {
            parseRunConfig(runConfigFrom({ recipe: "paper", set, ...(scale !== null && { scale }) }));
            worked++;
          } catch (error) {
            expect(error).toBeInstanceOf(WorkbenchError);
            expect((error as WorkbenchError).exitCode).toBe(2);
          }
        },
      ),
      { numRuns: 1000, seed: 4 },
    );
    expect(worked).toBeGreaterThan(0);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });
});

function pathsOf(value: unknown, prefix = ""): string[] {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return [];
  return Object.entries(value).flatMap(([key, child]) => [prefix + key, ...pathsOf(child, `${prefix}${key}.`)]);
}

describe("learning rate", () => {
  const steps = {
    kind: "steps" as const,
    base: 0.1,
    factor: 0.1,
    dropAtIterations: [32000, 48000],
  } satisfies LearningRateSchedule;
  it.each([
    [0, 0.1],
    [31999, 0.1],
    [32000, 0.01],
    [48000, 0.001],
  ])("at iteration %i is %d", (iteration, rate) => {
    expect(learningRateAt(steps, iteration, 64000)).toBeCloseTo(rate, 10);
  });
  it("warms up, and follows a cosine", () => {
    const cosine = { kind: "cosine", base: 0.2, final: 0, warmup: { iterations: 5, learningRate: 0.01 } } as const;
    expect([0, 4, 50, 100].map((at) => learningRateAt(cosine, at, 100))).toEqual([
      0.01,
      0.01,
      expect.closeTo(0.1, 10),
      expect.closeTo(0, 10),
    ]);
  });
});
