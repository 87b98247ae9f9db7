/** Width of a text in pixels: exact where fonts can be measured. */
export type Measure = (text: string, size: number, isBold: boolean) => number;

/** Japanese breaks between any two characters. */
const isWide = (character: string): boolean => /[\u3000-\u9fff\uff00-\uffef]/.test(character);

/** A text in lines no wider than `width`, broken at spaces; a word that is wider stands alone. */
export function wrapped(text: string, width: number, size: number, measure: Measure, isBold = false): string[] {
  const pieces = text.match(/[\u3000-\u9fff\uff00-\uffef]|[^\s\u3000-\u9fff\uff00-\uffef]+|\s+/g) ?? [];
  const lines: string[] = [];
  let line = "";
  for (const piece of pieces) {
    const longer = line + piece;
    if (line === "" || measure(longer.trimEnd(), size, isBold) <= width) {
      line = line === "" && piece.trim() === "" ? "" : longer;
      continue;
    }
    lines.push(line.trimEnd());
    line = piece.trim() === "" ? "" : piece;
  }
  return line.trim() === "" ? lines : [...lines, line.trimEnd()];
}

/** Without fonts at hand: what the letters of a sans-serif take on average. */
export const roughMeasure: Measure = (text, size, isBold) =>
  [...text].reduce(
    (sum, character) =>
      sum + (isWide(character) ? 1 : /[ilj.,:;|!'()]/.test(character) ? 0.29 : /[mwMW%]/.test(character) ? 0.86 : 0.55),
    0,
  ) *
  size *
  (isBold ? 1.05 : 1);
