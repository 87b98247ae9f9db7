import type { Lab } from "./lab.ts";
import type { Random } from "./random.ts";

/** What a fault has shown. */
export interface FaultResult {
  /** How often it struck. */
  readonly count: number;
  /** In a few words, what was seen. */
  readonly outcome: string;
  /** Promises that were not kept; empty where all were. */
  readonly violations: readonly string[];
}

export interface FaultOptions {
  /** The campaign; otherwise the short form that `npm test` runs. */
  readonly long: boolean;
  /** SIGKILLs of the kind that counts them. */
  readonly kills: number;
}

export interface Strike extends FaultOptions {
  readonly lab: Lab;
  /** This kind's own, so that it strikes the same whichever others do. */
  readonly random: Random;
}

/** A kind of fault: a row of the table in faults.ts. Adding one adds no code elsewhere. */
export interface Fault {
  readonly name: string;
  /** What is done, and what must come of it. */
  readonly title: string;
  /** Why it cannot be had on this machine, or in the short form. */
  readonly skip?: (options: FaultOptions) => string | undefined;
  readonly strike: (strike: Strike) => Promise<FaultResult>;
}
