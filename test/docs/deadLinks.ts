import { existsSync } from "node:fs";
import path from "node:path";
import GithubSlugger from "github-slugger";
import { project, tokensOf, type Page } from "./pages.ts";

const isElsewhere = (address: string): boolean => /^[a-z]+:/i.test(address);

/** The addresses within the project that `page` links to, and that lead nowhere: no such file, or no such heading in it. */
export function deadLinks(page: Page, all: readonly Page[]): string[] {
  const addresses = [...tokensOf(page, "link"), ...tokensOf(page, "image")].map(({ href }) => href);
  return addresses.filter((address) => !isElsewhere(address) && !leadsSomewhere(address, page, all));
}

function leadsSomewhere(address: string, page: Page, all: readonly Page[]): boolean {
  const [target, anchor] = decodeURIComponent(address).split("#", 2);
  const file = path.posix.join(path.posix.dirname(page.file), target);
  if (target !== "" && (file.startsWith("..") || !existsSync(path.join(project, file)))) return false;
  if (anchor === undefined) return true;
  const linked = target === "" ? page : all.find((one) => one.file === file);
  return linked !== undefined && anchorsOf(linked).includes(anchor);
}

/** As GitHub makes them of headings. */
function anchorsOf(page: Page): string[] {
  const slugger = new GithubSlugger();
  return tokensOf(page, "heading").map(({ text }) => slugger.slug(text.replaceAll(/[`*]/g, "")));
}

/** Files of the source tree that a text names, with no link. */
const namedFile = /(?<![\w./-])(?:src-shared|src-main|src-renderer|test|bin|docs|resources)\/[\w./-]*\w(?![\w/]*[*{])/g;

/** What `page` says lies in the project's folders, and does not. */
export function absentFiles({ text }: Page): string[] {
  return [...text.matchAll(namedFile)].map(([file]) => file).filter((file) => !existsSync(path.join(project, file)));
}
