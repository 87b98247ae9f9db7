import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { expect, it } from "vitest";

const renderer = path.resolve(import.meta.dirname, "..", "..", "out", "renderer");
const mostBytes = 250_000;

/** What the page itself names, and what that imports before anything runs; not what is imported later on. */
function startFiles(): string[] {
  const found = new Set<string>();
  const add = (file: string, text: string, pattern: RegExp): void => {
    for (const [, address] of text.matchAll(pattern)) {
      const below = path.posix.join(path.posix.dirname(file), address);
      if (found.has(below)) continue;
      found.add(below);
      add(below, readFileSync(path.join(renderer, below), "utf8"), /(?:import|from)\s*"(\.[^"]+\.js)"/g);
    }
  };
  add("index.html", readFileSync(path.join(renderer, "index.html"), "utf8"), /(?:src|href)="(\.\/assets\/[^"]+)"/g);
  return [...found];
}

it("the window starts with less than 250 kB, gzipped; charts come later", () => {
  const files = startFiles();
  expect(files.some((file) => file.endsWith(".js"))).toBe(true);
  expect(files.some((file) => file.endsWith(".css"))).toBe(true);
  expect(files.filter((file) => file.includes("echarts"))).toEqual([]);
  const bytes = files.map((file) => gzipSync(readFileSync(path.join(renderer, file))).length);
  expect(bytes.reduce((sum, size) => sum + size, 0)).toBeLessThan(mostBytes);
  expect(readdirSync(path.join(renderer, "assets")).some((file) => file.startsWith("echarts"))).toBe(true);
});
