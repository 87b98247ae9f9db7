import type { McNemar } from "../../../src-shared/compare/mcnemar.ts";

const superscripts = "⁰¹²³⁴⁵⁶⁷⁸⁹";
const raised = (whole: number): string => `⁻${String(whole).replace(/\d/g, (digit) => superscripts[Number(digit)])}`;

/** "1", "0.034", "3.1 × 10⁻⁸"; two digits, which is all that a p-value is good for. */
export function probabilityText({ p, log10P }: Pick<McNemar, "p" | "log10P">): string {
  if (p >= 0.001) return String(Number(p.toPrecision(2)));
  let power = Math.floor(log10P);
  let digits = (10 ** (log10P - power)).toFixed(1);
  if (digits === "10.0") [power, digits] = [power + 1, "1.0"];
  return `${digits} × 10${raised(-power)}`;
}
