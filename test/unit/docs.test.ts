import { describe, expect, it } from "vitest";
import { figureNames } from "../../src-shared/figures/figureChoices.ts";
import { absentFiles, deadLinks } from "../docs/deadLinks.ts";
import { pages, type Page } from "../docs/pages.ts";
import { helpTexts, wrongCommands, wrongRwb } from "../docs/wrongCommands.ts";

const all = pages();
const page = (text: string, file = "docs/made-up.md"): Page => ({ file, text });

describe.each(all)("$file", (one) => {
  it("has no dead link", () => expect(deadLinks(one, all)).toEqual([]));
  it("names files that are there", () => expect(absentFiles(one)).toEqual([]));
  it("names commands that exist", () => expect(wrongCommands(one)).toEqual([]));
});

it("README, CHANGELOG and docs/ are among the pages", () => {
  expect(all.map(({ file }) => file)).toEqual(expect.arrayContaining(["README.md", "CHANGELOG.md", "docs/queue.md"]));
});

it.each(figureNames)("docs/figures.md says what %s shows", (name) => {
  expect(all.find(({ file }) => file === "docs/figures.md")!.text).toContain(`| \`${name}\` `);
});

it.each([...helpTexts()])("%s: the examples of its help exist", (_, text) => {
  const examples = text.split("\n").filter((line) => /^ {2}(?:\w+=\S+ )?rwb /.test(line));
  expect(examples.flatMap((line) => wrongRwb(line, true))).toEqual([]);
});

describe("a dead link is told", () => {
  it.each([
    ["[a](queue.md)", []],
    ["[a](../README.md#start)", []],
    ["[a](https://example.org/x)", []],
    ["![a](images/none.png)", ["images/none.png"]],
    ["[a](queue.md#none)", ["queue.md#none"]],
    ["[a](../../outside.md)", ["../../outside.md"]],
    ["# One `thing`\n\n[a](#one-thing), [b](#another)", ["#another"]],
  ])("%s", (text, dead) => {
    const made = page(text);
    expect(deadLinks(made, [...all, made])).toEqual(dead);
  });
});

describe("a file that is not there is told", () => {
  it.each([
    ["see src-main/workbench.ts.", []],
    ["src-shared/figures/ and test/bench/*.ts", []],
    ["see src-main/none.ts.", ["src-main/none.ts"]],
  ])("%s", (text, absent) => expect(absentFiles(page(text))).toEqual(absent));
});

describe("a wrong command is told", () => {
  it.each([
    ["    rwb queue add --recipe quick", []],
    ["    npx --no-install rwb run lesion RUN   # a comment", []],
    ["    rwb export --study S --figure NAME --style paper --out DIR", []],
    ["    rwb queue add --recipe quick \\\n        --study S", []],
    ["    rwb dataset add NAME --from PATH [--replace]", []],
    ["`rwb queue`, `rwb COMMAND --help` and `npm run check`", []],
    ["`rwb quee list`", ["rwb quee list: there is no quee"]],
    ["`rwb train --resum runs/a`", ["rwb train --resum runs/a: there is no option --resum"]],
    ["`npm run nothing`", ["npm run nothing: npm has no script nothing"]],
    ["    rwb queue", ["rwb queue: it is no whole command"]],
    ["    rwb queue run && rwb run shw RUN", ["rwb run shw RUN: there is no shw"]],
    ["    rwb queue move RUN", ["rwb queue move RUN: an argument is missing"]],
    ["    rwb runs RUN", ["rwb runs RUN: RUN has no place"]],
    ["    rwb study create S", ["rwb study create S: --template is missing"]],
    ["    rwb bench --depth", ["rwb bench --depth: --depth needs a value"]],
    ["    rwb train --recipe quick --out", ["rwb train --recipe quick --out: --out needs a value"]],
    ["    rwb bench --family plane", ["rwb bench --family plane: --family cannot be plane"]],
  ])("%s", (text, wrong) => expect(wrongCommands(page(text))).toEqual(wrong));
});
