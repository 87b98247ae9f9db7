import type { Study } from "../../../src-shared/contract/index.ts";
import { m } from "../../paraglide/messages.js";
import { count } from "../../state/format.ts";

const words: Readonly<Record<keyof Study["cells"], (number: { readonly number: string }) => string>> = {
  done: m.studies_count_done,
  running: m.studies_count_running,
  queued: m.studies_count_queued,
  failed: m.studies_count_failed,
  missing: m.studies_count_missing,
};

/** "6 done, 2 waiting": what there is none of is not said. */
export const countWords = (cells: Study["cells"]): string =>
  (Object.keys(words) as (keyof Study["cells"])[])
    .filter((state) => cells[state] > 0)
    .map((state) => words[state]({ number: count(cells[state]) }))
    .join(", ");
