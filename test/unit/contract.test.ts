import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { createORPCErrorFromJson, isORPCErrorJson } from "@orpc/client";
import { afterAll, describe, expect, it } from "vitest";
import { findLocalAddress, makeLocalAddress } from "../../src-main/rpc/localAddress.ts";
import { streamNotes } from "../../src-main/rpc/streamNotes.ts";
import { fromWireError, toWireError } from "../../src-main/rpc/wireErrors.ts";
import {
  gridSchema,
  runSchema,
  studyNameSchema,
  studyTemplates,
  templateNames,
} from "../../src-shared/contract/index.ts";
import { errorCodes, WorkbenchError } from "../../src-shared/errors.ts";
import { gridConfigs } from "../../src-shared/grid.ts";

const folder = mkdtempSync(path.join(os.tmpdir(), "rwb-contract-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("the contract", () => {
  it.each(errorCodes)("carries %s to the other side", (code) => {
    for (const mend of [undefined, "rwb doctor"]) {
      const error = new WorkbenchError(code, "It went wrong.", mend === undefined ? {} : { mend });
      const wired: unknown = JSON.parse(JSON.stringify(toWireError(error)));
      if (!isORPCErrorJson(wired)) throw new Error(`no error: ${JSON.stringify(wired)}`);
      const back = fromWireError(createORPCErrorFromJson(wired)) as WorkbenchError;
      expect(back).toBeInstanceOf(WorkbenchError);
      expect([back.code, back.message, back.mend, back.exitCode]).toEqual([
        code,
        "It went wrong.",
        mend,
        error.exitCode,
      ]);
    }
  });

  it("keeps an error of the same process as it is, its cause included", () => {
    const error = new WorkbenchError("archive-invalid", "It is damaged.", { cause: new Error("incorrect header") });
    for (const thrown of [error, new TypeError("a fault")]) expect(fromWireError(toWireError(thrown))).toBe(thrown);
  });

  it("has templates that are grids", () => {
    const runs = { course: 8, paper: 10, "shortcut-ablation": 12 };
    for (const name of templateNames) {
      const grid = gridSchema.parse({ ...studyTemplates[name].grid, seeds: [1], scale: 1 / 32 });
      expect(gridConfigs(grid), name).toHaveLength(runs[name]);
    }
  });

  const grid = { recipe: "course", families: ["plain"], depths: [20], seeds: [1] };
  it.each([
    { ...grid, seeds: Array.from({ length: 1000 }, (_, seed) => seed), depths: Array<number>(11).fill(20) },
    { ...grid, seeds: [] },
    { ...grid, families: ["residual", "wide"] },
    { ...grid, scale: 0 },
    { ...grid, scal: 1 },
  ])("refuses the grid %#", (wrong) => expect(gridSchema.safeParse(wrong).success).toBe(false));

  it.each([["course"], ["Étude 2, no"], ["../x"], ["-x"], [".x"], [""]])("names of studies: %s", (name) =>
    expect(studyNameSchema.safeParse(name).success).toBe(name === "course"),
  );

  it("has runs that are safe for JSON", () => {
    const fields = Object.entries(runSchema.shape);
    for (const [name, schema] of fields) expect(schema.safeParse(undefined).success, name).toBe(false);
    expect(runSchema.shape.loss.parse("NaN")).toBe("NaN");
    expect(runSchema.shape.loss.safeParse(NaN).success).toBe(false);
  });
});

describe("streamed notes", () => {
  it("come in their order, then the work's end or failure", async () => {
    const heard: string[] = [];
    const listen = async (fails: boolean) => {
      heard.length = 0;
      const work = async (onNote: (note: string) => void) => {
        onNote("a");
        onNote("b");
        await new Promise((resolve) => setTimeout(resolve, 5));
        onNote("c");
        if (fails) throw new WorkbenchError("engine-missing", "no engine");
      };
      for await (const { note } of streamNotes(work)) heard.push(note);
    };
    await listen(false);
    expect(heard).toEqual(["a", "b", "c"]);
    await expect(listen(true)).rejects.toMatchObject({ code: "engine-missing" });
    expect(heard).toEqual(["a", "b", "c"]);
  });
});

describe.skipIf(process.platform === "win32")("the local address", () => {
  it("is in the folder, or, where its path is too long, in one that only its owner may enter", () => {
    const short = path.join(folder, "short");
    mkdirSync(short);
    writeFileSync(path.join(short, "main.sock"), "a killed main's");
    const near = makeLocalAddress(short);
    expect(near.path).toBe(path.join(short, "main.sock"));
    expect(existsSync(near.path)).toBe(false);
    expect(findLocalAddress(short)).toBe(near.path);

    const long = path.join(folder, "l".repeat(100));
    mkdirSync(long);
    expect(findLocalAddress(long)).toBeUndefined();
    const killed = makeLocalAddress(long);
    writeFileSync(killed.path, "");
    const far = makeLocalAddress(long);
    expect(existsSync(path.dirname(killed.path))).toBe(false);
    expect(findLocalAddress(long)).toBe(far.path);
    expect(Buffer.byteLength(far.path)).toBeLessThan(100);
    expect(statSync(path.dirname(far.path)).mode & 0o777).toBe(0o700);
    expect(readFileSync(path.join(long, "main.json"), "utf8")).toContain(far.path);
    far.remove();
    expect(existsSync(path.dirname(far.path))).toBe(false);
    expect(findLocalAddress(long)).toBeUndefined();
  });
});
