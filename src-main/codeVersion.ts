import { readFileSync } from "node:fs";
import path from "node:path";
import packageJson from "../package.json" with { type: "json" };

const project = path.resolve(import.meta.dirname, "..");

/** The program's version, and the commit where it runs from a checkout: "0.1.0+6d24ae7". */
export function codeVersion(): string {
  const commit = checkedOutCommit();
  return commit === undefined ? packageJson.version : `${packageJson.version}+${commit.slice(0, 7)}`;
}

function checkedOutCommit(): string | undefined {
  const read = (file: string): string | undefined => {
    try {
      return readFileSync(path.join(project, ".git", file), "utf8").trim();
    } catch {
      return undefined; // no checkout, or a packed reference
    }
  };
  const head = read("HEAD");
  if (head === undefined) return undefined;
  const commit = head.startsWith("ref: ") ? read(head.slice("ref: ".length)) : head;
  return commit && /^[0-9a-f]{40}$/.test(commit) ? commit : undefined;
}
