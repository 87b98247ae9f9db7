import { m } from "../paraglide/messages.js";
import { getLocale } from "../paraglide/runtime.js";
import { stateWords } from "./stateWords.ts";

const state = (status: string): string => (stateWords as Readonly<Record<string, () => string>>)[status]?.() ?? status;

/**
 * Sentences that main writes down as they happen (why a run stands still, what doctor found) are English in the history,
 * for good; here they are read again, and said in the window's language. One that is not known stays as it is.
 */
const sentences: readonly (readonly [RegExp, (...parts: string[]) => string])[] = [
  [/^The loss was no longer a number at iteration (\d+)\.$/, (iteration) => m.said_not_a_number({ iteration })],
  [/^the workbench ended while it trained$/, () => m.said_main_ended()],
  [/^trained outside the queue, not to its end$/, () => m.said_outside_queue()],
  [
    /^It needs about (\S+) GB of memory; (\S+) GB can be used\. A smaller batch needs less\.$/,
    (needed, there) => m.said_too_large({ needed, there }),
  ],
  [/^(.*); it goes on from its newest checkpoint\.$/, (how) => m.said_goes_on({ how: said(how) })],
  [
    /^(.*), (\d+) times without a new checkpoint \(see its trainer\.log\)\.$/,
    (how, losses) => m.said_lost_often({ how: said(how), losses }),
  ],
  [/^it said nothing for (\d+) s$/, (seconds) => m.said_silent({ seconds })],
  [/^its trainer ended by (\w+)/, (signal) => m.said_ended_by({ signal })],
  [/^its trainer ended with code (\S+)$/, (code) => m.said_ended_with({ code })],
  [/^(checkpoints\/\S+), the best so far$/, (file) => m.said_best_so_far({ file })],
  [
    /^loss (\S+); last good checkpoint at iteration (\d+)$/,
    (loss, iteration) => m.said_diverged_good({ loss, iteration }),
  ],
  [/^loss (\S+); no good checkpoint$/, (loss) => m.said_diverged_none({ loss })],
  [/^([a-z]+) -> ([a-z]+)$/, (from, to) => m.said_state_change({ from: state(from), to: state(to) })],
  [
    /^([a-z]+) -> ([a-z]+): (.*)$/s,
    (from, to, why) => m.said_state_change_why({ from: state(from), to: state(to), why: said(why) }),
  ],
  // Data sets.
  [/^built-in shapes, (.*)$/, (others) => m.said_shapes_and({ others: said(others) })],
  [/^Shapes \(built in\)$/, () => m.said_shapes_title()],
  [/^(.*) \(not the original archive\)$/, (title) => m.said_not_original({ title })],
  [
    /^Not the original archive: (.*); pixels, order and labels may differ\.$/,
    (why) => m.said_not_original_note({ why: said(why) }),
  ],
  [
    /^only (\S+) can be told by its checksum, not files taken out of it$/,
    (file) => m.said_not_told_by_checksum({ file }),
  ],
  [/^the archive's checksum is not that of (\S+)$/, (file) => m.said_checksum_differs({ file })],
  // What doctor looks at, and finds.
  [/^engine$/, () => m.said_check_engine()],
  [/^compiler$/, () => m.said_check_compiler()],
  [/^data sets$/, () => m.said_check_datasets()],
  [/^storage$/, () => m.said_check_storage()],
  [/^(.*): (\d+) is needed$/, (detail, oldest) => m.said_node_old({ detail, oldest })],
  [/^(.*); there is a GPU that it does not use$/, (detail) => m.said_engine_no_gpu({ detail: said(detail) })],
  [/^(.*); it finds no GPU and runs on the CPU$/, (detail) => m.said_engine_finds_no_gpu({ detail: said(detail) })],
  [
    /^TensorFlow (\S+) \((\w+)\), (.+) in (.+); it loads and multiplies$/,
    (version, device, size, folder) => m.said_engine_works({ version, device, size, folder }),
  ],
  [/^device$/, () => m.said_device()],
  [/^not installed$/, () => m.said_not_installed()],
  [/^(.*) Only a new engine needs it\.$/, (detail) => m.said_only_new_engine({ detail })],
  [/^(.*), (\d+) cores?, ([\d.]+ \wB) of memory$/, (model, cores, memory) => m.said_cpu({ model, cores, memory })],
  [/^native$/, () => m.said_native()],
  [/^CPU emulated, slow$/, () => m.said_cpu_emulated()],
  [/^CPU (\S+), native$/, (kind) => m.said_cpu_native({ kind })],
  [/^built-in shapes only$/, () => m.said_shapes_only()],
  [/^built-in shapes$/, () => m.said_shapes()],
  [/^(.*) \(not made yet\), (\S+ \wB) free$/, (home, size) => m.said_free_new({ home, size })],
  [/^(.*), (\S+ \wB) free$/, (home, size) => m.said_free({ home, size })],
  [/^images$/, () => m.said_step_images()],
];

/** What main said, in the window's language. */
export function said(sentence: string): string {
  if (getLocale() === "en") return sentence;
  for (const [pattern, words] of sentences) {
    const found = pattern.exec(sentence);
    if (found) return words(...found.slice(1));
  }
  return sentence;
}
