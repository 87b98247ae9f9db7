import type { RunStatus } from "../../src-shared/runState.ts";
import { m } from "../paraglide/messages.js";

/** What a run does, in a word. */
export const stateWords: Readonly<Record<RunStatus, () => string>> = {
  queued: m.words_state_queued,
  starting: m.words_state_starting,
  running: m.words_state_running,
  pausing: m.words_state_pausing,
  paused: m.words_state_paused,
  stopping: m.words_state_stopping,
  interrupted: m.words_state_interrupted,
  finished: m.words_state_finished,
  failed: m.words_state_failed,
  diverged: m.words_state_diverged,
  cancelled: m.words_state_cancelled,
};
