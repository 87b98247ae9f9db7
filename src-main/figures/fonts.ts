import { readFileSync } from "node:fs";
import path from "node:path";
import * as fontkit from "fontkit";
import type { Measure } from "../../src-shared/figures/textLines.ts";

/** The fonts that ship with the program: figures never depend on what a system has installed. */
const folder = path.resolve(import.meta.dirname, "../../resources/fonts");

const files = {
  sans: { family: "Inter", regular: "Inter-Regular.ttf", bold: "Inter-SemiBold.ttf" },
  serif: { family: "STIX Two Text", regular: "STIXTwoText-Regular.ttf", bold: "STIXTwoText-SemiBold.ttf" },
  sansJapanese: { family: "Noto Sans JP", regular: "NotoSansJP-Regular.ttf", bold: "NotoSansJP-Regular.ttf" },
  serifJapanese: { family: "Noto Serif JP", regular: "NotoSerifJP-Regular.ttf", bold: "NotoSerifJP-Regular.ttf" },
} as const;

export interface FontFile {
  readonly family: string;
  readonly weight: 400 | 600;
  readonly file: string;
  readonly bytes: Buffer;
  readonly font: fontkit.Font;
}

const opened = new Map<string, FontFile>();

function openFont({ family, regular, bold }: (typeof files)[keyof typeof files], isBold: boolean): FontFile {
  const name = isBold ? bold : regular;
  let found = opened.get(name);
  if (!found) {
    const file = path.join(folder, name);
    const bytes = readFileSync(file);
    // A collection would have fonts of its own; these files are none.
    const font = fontkit.create(bytes) as fontkit.Font;
    opened.set(name, (found = { family, weight: isBold && bold !== regular ? 600 : 400, file, bytes, font }));
  }
  return found;
}

/** A stretch of a text that one font has the characters of. */
export interface TextRun {
  readonly text: string;
  readonly font: FontFile;
}

/** A text in stretches of one font each: Latin, and Japanese where Latin has no such character. */
export function textRuns(text: string, fontFamily: string, isBold: boolean): TextRun[] {
  const isSerif = fontFamily.includes(files.serif.family);
  const latin = openFont(isSerif ? files.serif : files.sans, isBold);
  const runs: { text: string; font: FontFile }[] = [];
  for (const character of text) {
    const isLatin = latin.font.hasGlyphForCodePoint(character.codePointAt(0)!);
    const font = isLatin ? latin : openFont(isSerif ? files.serifJapanese : files.sansJapanese, isBold);
    const before = runs.at(-1);
    if (before?.font === font) before.text += character;
    else runs.push({ text: character, font });
  }
  return runs;
}

export const runWidth = ({ text, font: { font } }: TextRun, size: number): number =>
  (font.layout(text).advanceWidth * size) / font.unitsPerEm;

/** How wide texts come out in a family: `fontFamily` as a style has it. */
export function measureIn(fontFamily: string): Measure {
  const known = new Map<string, number>();
  return (text, size, isBold) => {
    const key = `${isBold ? "b" : "r"}${text}`;
    let em = known.get(key);
    if (em === undefined) {
      em = textRuns(text, fontFamily, isBold).reduce((sum, run) => sum + runWidth(run, 1), 0);
      known.set(key, em);
    }
    return em * size;
  };
}
