import { scaleInWords } from "../../../src-shared/deviations.ts";
import type { Grid } from "../../../src-shared/grid.ts";
import { m } from "../../paraglide/messages.js";
import { listText } from "../newRuns/gridText.ts";

/** "course: plain, residual × 20, 32, 44, 56 × seed 1; 1/32 of its schedule; precision=bfloat16" */
export function gridWords({ recipe, families, depths, shortcuts, seeds, scale = 1, set = [] }: Grid): string {
  const axes = [
    families.join(", "),
    ...(shortcuts ? [shortcuts.join(", ")] : []),
    depths.join(", "),
    m.studies_seeds_in_words({ seeds: seeds.length, list: listText(seeds) }),
  ];
  return [
    `${recipe}: ${axes.join(" × ")}`,
    ...(scale === 1 ? [] : [m.studies_scale_in_words({ scale: scaleInWords(scale) })]),
    ...set,
  ].join("; ");
}
