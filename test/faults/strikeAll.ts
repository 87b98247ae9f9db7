import type { Fault, FaultOptions, FaultResult } from "./fault.ts";
import { Lab } from "./lab.ts";
import { Random } from "./random.ts";

export interface FaultRow extends FaultResult {
  readonly name: string;
  readonly seconds: number;
  /** Why it did not strike. */
  readonly skipped: string | undefined;
}

export interface StrikeAllOptions extends FaultOptions {
  readonly seed: number;
  /** Kinds at once: most of their time they wait. */
  readonly atOnce: number;
  /** Ends everything that was started and is still alive. */
  readonly signal?: AbortSignal;
  readonly say?: (text: string) => void;
  /** Hears of each as it is done. */
  readonly onRow?: (row: FaultRow) => void;
}

/** Lets each kind of fault strike, in one lab; rows come in the order of the kinds. */
export async function strikeAll(faults: readonly Fault[], options: StrikeAllOptions): Promise<FaultRow[]> {
  const { atOnce, signal, onRow } = options;
  const lab = new Lab();
  const rows: FaultRow[] = [];
  const left = faults.entries();
  const aborted = new Promise<void>((resolve) => signal?.addEventListener("abort", () => resolve(), { once: true }));
  const lane = async (): Promise<void> => {
    for (const [index, fault] of left) {
      if (signal?.aborted) return;
      rows[index] = await strikeOne(fault, lab, options);
      onRow?.(rows[index]);
    }
  };
  try {
    const lanes = Array.from({ length: atOnce }, lane);
    await Promise.race([Promise.all(lanes), aborted]);
    return rows.filter((row) => row !== undefined);
  } finally {
    await lab.close();
  }
}

async function strikeOne(fault: Fault, lab: Lab, options: StrikeAllOptions): Promise<FaultRow> {
  const { name, title } = fault;
  const skipped = fault.skip?.(options);
  if (skipped !== undefined)
    return { name, count: 0, outcome: `skipped: ${skipped}`, violations: [], seconds: 0, skipped };
  options.say?.(`${name}: ${title} ...`);
  const startMs = performance.now();
  const { long, kills, seed } = options;
  const result = await fault
    .strike({ lab, random: new Random(seed, name), long, kills })
    .catch((error: unknown): FaultResult => ({ count: 0, outcome: "", violations: [String(error)] }));
  // What a campaign that is ended leaves half done breaks no promise.
  if (!options.signal?.aborted) for (const violation of result.violations) options.say?.(`  BROKEN: ${violation}`);
  return { name, ...result, seconds: (performance.now() - startMs) / 1000, skipped };
}
