import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import ts from "typescript";

const folder = path.resolve(import.meta.dirname, "../../src-shared/contract");

/** What the source says above each procedure, by its path: "runs.list" -> "In the order ...". */
export function contractTexts(): ReadonlyMap<string, string> {
  const declared = new Map<string, { value: ts.Expression; text: string }>();
  for (const name of readdirSync(folder).filter((file) => file.endsWith(".ts"))) {
    const text = readFileSync(path.join(folder, name), "utf8");
    const file = ts.createSourceFile(name, text, ts.ScriptTarget.Latest, true);
    for (const statement of file.statements) {
      if (!ts.isVariableStatement(statement)) continue;
      for (const { name: variable, initializer } of statement.declarationList.declarations) {
        if (initializer) declared.set(variable.getText(), { value: initializer, text: commentOf(statement) });
      }
    }
  }
  const texts = new Map<string, string>();
  for (const [group, value] of membersOf(declared.get("contract")!.value)) {
    const { value: members, text } = declared.get(value.initializer.getText())!;
    if (!ts.isObjectLiteralExpression(members)) texts.set(group, text);
    else for (const [name, member] of membersOf(members)) texts.set(`${group}.${name}`, commentOf(member));
  }
  return texts;
}

function membersOf(value: ts.Expression): [string, ts.PropertyAssignment][] {
  if (!ts.isObjectLiteralExpression(value)) throw new Error("no object");
  return value.properties.filter(ts.isPropertyAssignment).map((property) => [property.name.getText(), property]);
}

function commentOf(node: ts.Node): string {
  const source = node.getSourceFile().text;
  const [last] = (ts.getLeadingCommentRanges(source, node.getFullStart()) ?? []).slice(-1);
  if (!last) return "";
  return source
    .slice(last.pos, last.end)
    .replace(/^\/\*\*|\*\/$/g, "")
    .split("\n")
    .map((line) => line.replace(/^\s*\*?\s?/, "").trim())
    .join(" ")
    .trim();
}
