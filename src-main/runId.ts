import { randomBytes } from "node:crypto";
import type { RunConfig } from "../src-shared/runConfig.ts";

/** A new run's id, and its folder's name: "residual-20-s1-1f3a9c", what it is and six hexadecimal digits that make it unique. */
export const newRunId = ({ network, seed }: RunConfig): string =>
  `${network.family}-${network.depth}-s${seed}-${randomBytes(3).toString("hex")}`;
