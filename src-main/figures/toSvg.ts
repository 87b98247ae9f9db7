import subsetFont from "subset-font";
import { textRuns, type FontFile } from "./fonts.ts";
import { textLook } from "./drawSvg.ts";
import { metadataLines, type FigureMetadata } from "./figureMetadata.ts";
import { writeSvg, type SvgElement } from "./svgElements.ts";

/**
 * A drawing as a file of its own: its texts are texts, and the characters of the fonts that they need go with it, so that it
 * looks the same everywhere that reads them (librsvg does not, and takes the system's).
 */
export async function toSvg(drawing: SvgElement, metadata: FigureMetadata): Promise<string> {
  const about = (name: string, text: string): SvgElement => ({ name, attributes: {}, text, children: [] });
  const faces = await fontFaces(drawing);
  return writeSvg({
    ...drawing,
    children: [
      about("title", metadata.title),
      about("desc", metadata.caption),
      about("metadata", metadataLines(metadata).join("\n")),
      { name: "style", attributes: {}, text: faces.join(""), children: [] },
      ...drawing.children,
    ],
  });
}

/** `@font-face` rules with the characters that the texts of a drawing need. */
export async function fontFaces(drawing: SvgElement): Promise<string[]> {
  const used = new Map<FontFile, string>();
  const collect = ({ name, attributes, text, children }: SvgElement): void => {
    if (name === "text") {
      const { family, isBold } = textLook(attributes);
      for (const run of textRuns(text, family, isBold)) used.set(run.font, (used.get(run.font) ?? "") + run.text);
    }
    children.forEach(collect);
  };
  collect(drawing);
  return Promise.all(
    [...used].map(async ([{ family, weight, bytes }, text]) => {
      const woff2 = await subsetFont(bytes, text, { targetFormat: "woff2" });
      return `@font-face{font-family:'${family}';font-weight:${weight};src:url(data:font/woff2;base64,${woff2.toString("base64")}) format('woff2')}`;
    }),
  );
}
