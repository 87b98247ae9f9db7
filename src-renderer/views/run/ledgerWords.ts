import { m } from "../../paraglide/messages.js";

/** What happened, in words: types of a run's log, actions, what the workbench did. */
const words: Readonly<Record<string, () => string>> = {
  started: m.run_log_started,
  evaluated: m.run_log_evaluated,
  probed: m.run_log_probed,
  checkpointed: m.run_log_checkpointed,
  resumed: m.run_log_resumed,
  finished: m.run_log_finished,
  failed: m.run_log_failed,
  diverged: m.run_log_diverged,
  info: m.run_log_info,
  warning: m.run_log_warning,
  unreadable: m.run_log_unreadable,
  start: m.run_log_start,
  pause: m.run_log_pause,
  resume: m.run_log_resume,
  stop: m.run_log_stop,
  cancel: m.run_log_cancel,
  retry: m.run_log_retry,
  stopped: m.run_log_stopped,
  lost: m.run_log_lost,
  trashed: m.run_log_trashed,
  restored: m.run_log_restored,
};

export const wordOf = (type: string): string => words[type]?.() ?? type;

const tones: Readonly<Record<string, "bad" | "good" | "warn">> = {
  failed: "bad",
  diverged: "bad",
  lost: "warn",
  warning: "warn",
  unreadable: "warn",
  finished: "good",
};

export const toneOf = (type: string): "bad" | "good" | "warn" | "" => tones[type] ?? "";
