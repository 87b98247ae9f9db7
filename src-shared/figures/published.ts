import type { Family } from "../runConfig.ts";
import type { ReferenceName } from "./studyData.ts";

/** What was reported elsewhere, as tabulated there. Curves are not: they stand in no table. */
export interface Published {
  readonly name: ReferenceName;
  readonly title: string;
  /** Test accuracy in per cent, by depth. */
  readonly testAccuracy: Readonly<Partial<Record<Family, Readonly<Record<number, number>>>>>;
}

export const published: readonly Published[] = [
  {
    name: "course",
    title: "Course report 2020",
    // Its Table 1: the last model on the test set.
    testAccuracy: {
      plain: { 20: 84.84, 32: 81.12, 44: 79.57, 56: 74.37 },
      residual: { 20: 82.66, 32: 85.62, 44: 86.02, 56: 87.03 },
    },
  },
  {
    name: "paper",
    title: "He et al. 2016",
    // Its Table 6, 100 - error; of 110 layers the mean of five runs (6.61 +- 0.16, best 6.43).
    testAccuracy: { residual: { 20: 91.25, 32: 92.49, 44: 92.83, 56: 93.03, 110: 93.39, 1202: 92.07 } },
  },
];
