/** A JSON schema as zod writes it, as far as the contract uses it. */
export interface JsonSchema {
  readonly $ref?: string;
  readonly title?: string;
  readonly description?: string;
  readonly type?: string | readonly string[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly items?: JsonSchema;
  readonly prefixItems?: readonly JsonSchema[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: JsonSchema | boolean;
}

const lineLetters = 100;

/** The schema as a TypeScript type would be written, `int` being a whole number. */
export function schemaText(schema: JsonSchema, indent = ""): string {
  if (schema.$ref) return schema.$ref.split("/").at(-1)!;
  if (schema.title === "Blob") return "Blob";
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(" | ");
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices) return choices.map((choice) => schemaText(choice, indent)).join(" | ");
  switch (schema.type) {
    case "array":
      return arrayText(schemaText(schema.items ?? {}, indent));
    case "object":
      return objectText(schema, indent);
    case "integer":
      return "int";
    case undefined:
      return "unknown";
    default:
      return [schema.type].flat().join(" | ");
  }
}

const arrayText = (item: string): string => (/ \| /.test(item) && !item.startsWith("{") ? `(${item})[]` : `${item}[]`);

function objectText({ properties, required = [], additionalProperties }: JsonSchema, indent: string): string {
  if (!properties) return `{ [name]: ${schemaText(additionalProperties as JsonSchema, indent)} }`;
  const inner = `${indent}  `;
  const members = Object.entries(properties).map(
    ([name, member]) => `${name}${required.includes(name) ? "" : "?"}: ${schemaText(member, inner)}`,
  );
  const line = `{ ${members.join(", ")} }`;
  if (line.length + indent.length <= lineLetters && !line.includes("\n")) return line;
  return `{\n${members.map((member) => `${inner}${member},\n`).join("")}${indent}}`;
}
