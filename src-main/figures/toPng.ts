import { crc32 } from "node:zlib";
import { Resvg } from "@resvg/resvg-js";
import { textLook } from "./drawSvg.ts";
import { textRuns } from "./fonts.ts";
import { metadataLines, type FigureMetadata } from "./figureMetadata.ts";
import { writeSvg, type SvgElement } from "./svgElements.ts";

const pointsPerInch = 72;
const millimetresPerInch = 25.4;

/** A drawing as a picture of so many dots an inch, in the fonts of this program. */
export function toPng(drawing: SvgElement, metadata: FigureMetadata, dpi: number): Buffer {
  const width = Math.round((parseFloat(drawing.attributes.width) * dpi) / pointsPerInch);
  // Its size in points is another; the picture is as many pixels wide as it is asked for.
  const { viewBox, xmlns } = drawing.attributes;
  const resvg = new Resvg(writeSvg({ ...drawing, attributes: { xmlns, viewBox } }), {
    font: { fontFiles: [...fontFilesOf(drawing)], loadSystemFonts: false, defaultFontFamily: "Inter" },
    fitTo: { mode: "width", value: width },
    // Also of a style that has none, for the page of a paper: black on nothing cannot be read where a viewer is dark.
    background: "white",
  });
  return withChunks(resvg.render().asPng(), [
    resolutionChunk(dpi),
    textChunk("Title", metadata.title),
    textChunk("Description", metadata.caption),
    textChunk("Comment", metadataLines(metadata).join("\n")),
    textChunk("Software", metadata.program),
  ]);
}

function fontFilesOf({ name, attributes, text, children }: SvgElement): Set<string> {
  const { family, isBold } = textLook(attributes);
  const own = name === "text" ? textRuns(text, family, isBold).map(({ font }) => font.file) : [];
  return new Set([...own, ...children.flatMap((child) => [...fontFilesOf(child)])]);
}

/** Behind the header chunk, which a PNG begins with. */
function withChunks(png: Buffer, chunks: readonly Buffer[]): Buffer {
  const headerEnd = 8 + 12 + png.readUInt32BE(8);
  return Buffer.concat([png.subarray(0, headerEnd), ...chunks, png.subarray(headerEnd)]);
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const [length, checksum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  checksum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, checksum]);
}

function resolutionChunk(dpi: number): Buffer {
  const data = Buffer.alloc(9);
  const perMetre = Math.round((dpi * 1000) / millimetresPerInch);
  data.writeUInt32BE(perMetre, 0);
  data.writeUInt32BE(perMetre, 4);
  data.writeUInt8(1, 8);
  return chunk("pHYs", data);
}

/** International text: UTF-8, not compressed, of no language. */
const textChunk = (keyword: string, text: string): Buffer =>
  chunk("iTXt", Buffer.concat([Buffer.from(`${keyword}\0\0\0\0\0`, "latin1"), Buffer.from(text, "utf8")]));
