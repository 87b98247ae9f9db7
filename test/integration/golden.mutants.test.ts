import { readdirSync } from "node:fs";
import { afterAll, describe, expect, test } from "vitest";
import { replayGolden } from "../../src-main/trainer/golden.ts";
import { mutants } from "../golden/mutants.ts";
import { trajectories, trajectoryFile } from "../golden/trajectories.ts";

describe("the golden files tell every wrong program from the right one", () => {
  const lines: string[] = [];
  afterAll(() =>
    console.info(`| mutant | file | worst ratio | tensor |\n| --- | --- | ---: | --- |\n${lines.join("\n")}`),
  );

  test.for(mutants)("$name", async ({ name, file, build, lanes = 1 }) => {
    const [worst] = await replayGolden(trajectoryFile(file), lanes, build);
    lines.push(`| ${name} | ${file} | ${worst.ratio.toPrecision(3)} | \`${worst.tensor}\` |`);
    // The README's table claims these ratios for one machine; on any machine, they must be well above 1.
    expect(worst.ratio).toBeGreaterThan(1.2);
  });
});

test("every committed trajectory is in the table, and the other way round", () => {
  const files = readdirSync(new URL("../golden", import.meta.url)).filter((name) => name.endsWith(".safetensors"));
  expect(files.sort()).toEqual(
    Object.keys(trajectories)
      .map((name) => `${name}.safetensors`)
      .sort(),
  );
});
