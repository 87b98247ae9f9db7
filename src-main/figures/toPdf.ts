import PDFDocument from "pdfkit";
import { textLook } from "./drawSvg.ts";
import { runWidth, textRuns } from "./fonts.ts";
import { metadataLines, type FigureMetadata } from "./figureMetadata.ts";
import type { SvgElement } from "./svgElements.ts";

/** A drawing as a PDF of its size: lines as lines, texts as texts in embedded subsets of the fonts. */
export async function toPdf(drawing: SvgElement, metadata: FigureMetadata): Promise<Buffer> {
  const [width, height] = [drawing.attributes.width, drawing.attributes.height].map(parseFloat);
  const [, , pixels] = drawing.attributes.viewBox.split(" ").map(Number);
  const document = new PDFDocument({
    ...{ size: [width, height], margin: 0, compress: true, pdfVersion: "1.5", font: "" },
    info: {
      ...{ Title: metadata.title, Subject: metadata.caption, Creator: metadata.program, Producer: metadata.program },
      Keywords: metadataLines(metadata).join("; "),
    },
  });
  const chunks: Buffer[] = [];
  document.on("data", (part: Buffer) => chunks.push(part));
  const done = new Promise<void>((resolve, reject) => document.once("end", resolve).once("error", reject));
  document.scale(width / pixels);
  const clips = clipPaths(drawing);
  for (const child of drawing.children) draw(document, child, clips);
  document.end();
  await done;
  return Buffer.concat(chunks);
}

type Clips = ReadonlyMap<string, SvgElement>;

/** Clip paths by their ids. */
function clipPaths(element: SvgElement): Map<string, SvgElement> {
  const own = element.name === "clipPath" ? [[element.attributes.id, element.children[0]] as const] : [];
  return new Map([...own, ...element.children.flatMap((child) => [...clipPaths(child)])]);
}

function draw(document: PDFKit.PDFDocument, element: SvgElement, clips: Clips): void {
  const { name, attributes, children } = element;
  if (name === "defs" || name === "clipPath") return;
  document.save();
  transform(document, attributes.transform);
  const clip = /^url\(#(.*)\)$/.exec(attributes["clip-path"] ?? "")?.[1];
  if (clip !== undefined) {
    shape(document, clips.get(clip)!);
    document.clip();
  }
  if (name === "text") text(document, element);
  else if (shape(document, element)) paint(document, attributes);
  for (const child of children) draw(document, child, clips);
  document.restore();
}

function transform(document: PDFKit.PDFDocument, text: string | undefined): void {
  for (const [, name, list] of (text ?? "").matchAll(/(\w+)\(([^)]*)\)/g)) {
    const values = list.split(/[\s,]+/).map(Number);
    switch (name) {
      case "translate":
        document.translate(values[0], values[1] ?? 0);
        break;
      case "scale":
        document.scale(values[0], values[1] ?? values[0]);
        break;
      case "rotate":
        document.rotate(values[0]);
        break;
      case "matrix": {
        const [a, b, c, d, e, f] = values;
        document.transform(a, b, c, d, e, f);
        break;
      }
      default:
        throw new Error(`A transformation that no figure uses: ${name}`);
    }
  }
}

/** Adds an element's outline to the current path. @returns whether it has one */
function shape(document: PDFKit.PDFDocument, { name, attributes }: SvgElement): boolean {
  const number = (key: string): number => Number(attributes[key] ?? 0);
  switch (name) {
    case "path":
      document.path(attributes.d);
      return attributes.d !== "";
    case "rect":
      document.rect(number("x"), number("y"), number("width"), number("height"));
      return true;
    case "circle":
      document.circle(number("cx"), number("cy"), number("r"));
      return true;
    case "line":
      document.moveTo(number("x1"), number("y1")).lineTo(number("x2"), number("y2"));
      return true;
    case "polyline":
    case "polygon": {
      const values = attributes.points
        .trim()
        .split(/[\s,]+/)
        .map(Number);
      for (let i = 0; i < values.length; i += 2) {
        if (i === 0) document.moveTo(values[0], values[1]);
        else document.lineTo(values[i], values[i + 1]);
      }
      if (name === "polygon") document.closePath();
      return true;
    }
    case "g":
      return false;
    default:
      throw new Error(`An element that no figure uses: ${name}`);
  }
}

function paint(document: PDFKit.PDFDocument, attributes: SvgElement["attributes"]): void {
  const colour = (key: string, otherwise: string): string | undefined => {
    const value = attributes[key] ?? otherwise;
    return value === "none" || value === "transparent" ? undefined : value;
  };
  const opacity = (key: string): number => Number(attributes[key] ?? 1) * Number(attributes.opacity ?? 1);
  const [fill, stroke] = [colour("fill", "#000000"), colour("stroke", "none")];
  if (fill) document.fillColor(fill, opacity("fill-opacity"));
  if (stroke) {
    document.strokeColor(stroke, opacity("stroke-opacity")).lineWidth(Number(attributes["stroke-width"] ?? 1));
    document.lineCap(attributes["stroke-linecap"] ?? "butt").lineJoin(attributes["stroke-linejoin"] ?? "miter");
    const dash = attributes["stroke-dasharray"]?.split(/[\s,]+/).map(Number);
    // pdfkit takes a list where its types have a number.
    if (dash) document.dash(dash as unknown as number, {});
  }
  if (fill && stroke) document.fillAndStroke();
  else if (fill) document.fill();
  else if (stroke) document.stroke();
  // Ends the path without a mark.
  else document.addContent("n");
}

function text(document: PDFKit.PDFDocument, { attributes, text: content }: SvgElement): void {
  const { size, family, isBold } = textLook(attributes);
  const runs = textRuns(content, family, isBold);
  const width = runs.reduce((sum, run) => sum + runWidth(run, size), 0);
  const anchor = { start: 0, middle: 0.5, end: 1 }[attributes["text-anchor"] ?? "start"] ?? 0;
  let x = Number(attributes.x ?? 0) - anchor * width;
  document.fillColor(attributes.fill ?? "#000000", Number(attributes["fill-opacity"] ?? 1));
  for (const run of runs) {
    document.registerFont(run.font.file, run.font.file);
    document.font(run.font.file).fontSize(size);
    document.text(run.text, x, Number(attributes.y ?? 0), { lineBreak: false, baseline: "alphabetic" });
    x += runWidth(run, size);
  }
}
