import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import tar from "tar-stream";
import { afterAll, beforeAll, expect, it } from "vitest";
import { figureArchive } from "../../src-main/figures/figureArchive.ts";
import { FigureProcess } from "../../src-main/figures/figureProcess.ts";
import { RecipeRenderer } from "../../src-main/figures/index.ts";
import { openHistory } from "../../src-main/history/index.ts";
import { figureAddress } from "../../src-shared/contract/index.ts";
import { figureFormats, figureNames } from "../../src-shared/figures/figureChoices.ts";
import { figureFile, type FigureRecipe } from "../../src-shared/figures/figureRecipe.ts";
import { fillHistory, writeLabels } from "../unit/studyHistory.ts";
import { startShell } from "./server.fixture.ts";
import { temporaryFolder } from "./trainFixture.ts";

const folder = temporaryFolder();
const home = folder.path;
const figures = new FigureProcess(home);
beforeAll(() => {
  writeLabels(home);
  const history = openHistory({ home });
  fillHistory(history, home);
  history.close();
});
afterAll(() => {
  figures.close();
  folder.remove();
});

const curves: FigureRecipe = { kind: "run", run: "plain-20-s1-000000", figure: "curves" };
const error: FigureRecipe = { kind: "study", study: "report", figure: "error" };
const screen = { style: "screen", format: "svg" } as const;

it("a process draws what this one would, however many are asked for at once", async () => {
  const [listed, ...drawn] = await Promise.all([
    figures.list("report"),
    ...[curves, error, curves].map((recipe) => figures.render(recipe, screen)),
  ]);
  expect(listed.map(({ name }) => name)).toEqual(figureNames);
  expect(listed.filter(({ hasData }) => !hasData).map(({ name, needs }) => [name, needs])).toEqual([
    ["block-removal", "block-removals"],
  ]);
  const history = openHistory({ home, readOnly: true });
  const own = new RecipeRenderer(history, home);
  for (const [index, recipe] of [curves, error, curves].entries()) {
    const { title, formats, bytes } = await own.render(recipe, screen);
    expect(drawn[index]).toMatchObject({ title, formats });
    expect(Buffer.from(drawn[index].bytes).equals(Buffer.from(bytes))).toBe(true);
  }
  history.close();
});

it("what is foreseen comes as it was thrown", async () => {
  await expect(figures.list("repor")).rejects.toMatchObject({ code: "study-unknown" });
  const empty = figures.render({ ...error, figure: "block-removal" }, screen);
  await expect(empty).rejects.toMatchObject({ code: "figure-empty", mend: "Draw it again when there is." });
});

it("a figure that nobody waits for any more is not drawn, and the next one is", async () => {
  const left = new AbortController();
  const first = figures.render(curves, screen);
  const second = figures.render(error, screen, left.signal);
  const third = figures.render(error, screen);
  left.abort();
  await expect(second).rejects.toMatchObject({ code: "interrupted" });
  expect((await first).title).toBe("plain-20, seed 1");
  expect((await third).title).toBe("Training and test error");
});

it("an archive holds every format of every figure that there is data for", async () => {
  const names: string[] = [];
  const unpack = tar.extract().on("entry", (header, stream, next) => {
    names.push(header.name);
    stream.on("end", next).resume();
  });
  await pipeline(Readable.from([await figureArchive(figures, "report", "screen")]), createGunzip(), unpack);
  const listed = await figures.list("report");
  const wanted = listed
    .filter(({ hasData }) => hasData)
    .flatMap(({ name, formats }) =>
      formats.map((format) => figureFile({ kind: "study", study: "report", figure: name }, format)),
    );
  expect(names).toEqual(wanted);
  expect(names).toContain("accuracy-table.tex");
  expect(names.some((name) => name.startsWith("block-removal"))).toBe(false);
});

it("refuses more than it can draw soon, and ends with what it has not drawn", async () => {
  const own = new FigureProcess(home);
  const asked = Array.from({ length: 66 }, () => own.render(curves, screen).catch((failure: unknown) => failure));
  await expect(asked.at(-1)).resolves.toMatchObject({ code: "locked" });
  own.close();
  for (const failure of await Promise.all(asked.slice(0, -1))) expect(failure).toMatchObject({ code: "interrupted" });
});

it("GET /figures gives every format as a file to keep", async () => {
  const shell = await startShell({ home });
  const cookie = await shell.enter();
  const recipe: FigureRecipe = { ...error, figure: "accuracy-table" };
  const begins = { svg: "<svg ", pdf: "%PDF", png: "\x89PNG", csv: "family,", tex: "%", md: "", pgfplots: "%" };
  for (const format of figureFormats) {
    const asked = format === "pgfplots" ? error : recipe;
    const answer = await shell.ask(figureAddress(asked, { style: "paper", format, dpi: 72 }), { headers: { cookie } });
    expect(answer.status, format).toBe(200);
    expect(answer.body.toString("latin1").startsWith(begins[format]), format).toBe(true);
    const file = format === "pgfplots" ? "error.pgfplots.tex" : `accuracy-table.${format}`;
    expect(answer.headers["content-disposition"]).toBe(`attachment; filename="${file}"`);
  }
  const address = figureAddress(recipe, { style: "paper", format: "svg" });
  const other = (change: Record<string, string>): string => {
    const [path, query] = address.split("?");
    return `${path}?${new URLSearchParams({ ...Object.fromEntries(new URLSearchParams(query)), ...change }).toString()}`;
  };
  const refused = async (asked: string, headers: Record<string, string> = { cookie }) => {
    const { status, code } = await shell.ask(asked, { headers });
    return { status, code };
  };
  expect(await refused(other({ recipe: "{" }))).toEqual({ status: 400, code: "usage" });
  expect(await refused(other({ recipe: '{"kind":"study"}' }))).toEqual({ status: 400, code: "usage" });
  expect(await refused(other({ dpi: "5000" }))).toEqual({ status: 400, code: "usage" });
  expect(await refused(other({ more: "1" }))).toEqual({ status: 400, code: "usage" });
  const gone = JSON.stringify({ ...recipe, study: "gone" });
  expect(await refused(other({ recipe: gone }))).toEqual({ status: 404, code: "study-unknown" });
  const empty = JSON.stringify({ ...recipe, figure: "block-removal" });
  expect(await refused(other({ recipe: empty }))).toEqual({ status: 404, code: "figure-empty" });
  expect((await refused(address, {})).status).toBe(401);
});
