import { globSync, readFileSync } from "node:fs";
import path from "node:path";
import { lexer, walkTokens, type Token, type Tokens } from "marked";

export const project = path.resolve(import.meta.dirname, "../..");

/** A page of Markdown that people read. */
export interface Page {
  /** Below the project, with "/". */
  readonly file: string;
  readonly text: string;
}

/** Where pages are that people wrote; others are made while the window is built. */
const written = ["*.md", "docs/*.md", "resources/*/*.md", "src-renderer/messages/*.md", "test/*/*.md"];

/** Every page of the project. */
export function pages(): Page[] {
  const files = written.flatMap((pattern) => globSync(pattern, { cwd: project }));
  return files.sort().map((file) => ({
    file: file.split(path.sep).join("/"),
    text: readFileSync(path.join(project, file), "utf8"),
  }));
}

/** Its tokens of one type, wherever they stand. */
export function tokensOf<Type extends "link" | "image" | "heading" | "code" | "codespan">(
  { text }: Pick<Page, "text">,
  type: Type,
): Extract<
  Tokens.Generic | Tokens.Link | Tokens.Image | Tokens.Heading | Tokens.Code | Tokens.Codespan,
  { type: Type }
>[] {
  const found: Token[] = [];
  void walkTokens(lexer(text), (token) => {
    if (token.type === type) found.push(token);
  });
  return found as never;
}
