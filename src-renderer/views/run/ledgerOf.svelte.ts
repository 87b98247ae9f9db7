import type { LedgerLine } from "../../../src-shared/contract/index.ts";
import { services } from "../../state/client.svelte.ts";
import { reading, type Reading } from "../../state/reading.svelte.ts";
import { isOf } from "./runCurves.svelte.ts";

const most = 1_000;

/** What happened to a run, oldest first; to be asked for while a component is set up. */
export const ledgerOf = (id: string): Reading<readonly LedgerLine[]> =>
  reading((signal) => services.ledger.list({ run: id, most }, { signal }), {
    when: (tick) => isOf(tick, id),
    restMs: 1_000,
  });
