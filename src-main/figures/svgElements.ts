/** An element of an SVG that ECharts wrote: no mixed content, no comments, no entities of its own. */
export interface SvgElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly text: string;
  readonly children: readonly SvgElement[];
}

const escapes: readonly (readonly [string, string])[] = [
  ["&", "&amp;"],
  ["<", "&lt;"],
  [">", "&gt;"],
  ['"', "&quot;"],
];

export const escapeXml = (text: string): string =>
  escapes.reduce((escaped, [character, entity]) => escaped.replaceAll(character, entity), text);

const unescapeXml = (text: string): string =>
  escapes
    .toReversed()
    .reduce((plain, [character, entity]) => plain.replaceAll(entity, character), text)
    .replaceAll("&#39;", "'");

/** @throws Error where an element is not closed */
export function parseSvg(svg: string): SvgElement {
  interface Open {
    readonly name: string;
    readonly attributes: Record<string, string>;
    text: string;
    readonly children: SvgElement[];
  }
  const root: Open = { name: "", attributes: {}, text: "", children: [] };
  const stack = [root];
  for (const [, closing, name, rest, single, text] of svg.matchAll(/<(\/?)([a-zA-Z]+)([^>]*?)(\/?)>([^<]*)/g)) {
    if (closing) stack.pop();
    else {
      const attributes: Record<string, string> = {};
      for (const [, key, value] of rest.matchAll(/([\w:-]+)="([^"]*)"/g)) attributes[key] = unescapeXml(value);
      const element: Open = { name, attributes, text: unescapeXml(text), children: [] };
      stack.at(-1)!.children.push(element);
      if (!single) stack.push(element);
    }
  }
  if (stack.length !== 1 || root.children.length !== 1) throw new Error("An SVG whose elements are not closed.");
  return root.children[0];
}

export function writeSvg({ name, attributes, text, children }: SvgElement): string {
  const list = Object.entries(attributes).map(([key, value]) => ` ${key}="${escapeXml(value)}"`);
  const start = `<${name}${list.join("")}`;
  if (children.length > 0) return `${start}>\n${children.map(writeSvg).join("")}</${name}>\n`;
  return text.trim() === "" ? `${start}/>\n` : `${start}>${escapeXml(text)}</${name}>\n`;
}
