import type { ErrorCode } from "../../src-shared/errors.ts";
import { m } from "../paraglide/messages.js";

interface Words {
  readonly what: () => string;
  readonly mend: () => string;
}

/** What each code means and what mends it, for languages that main does not speak: its own words name the file, in English. */
export const errorWords: Readonly<Record<ErrorCode, Words>> = {
  usage: { what: m.errors_usage, mend: m.errors_usage_mend },
  "config-invalid": { what: m.errors_config_invalid, mend: m.errors_config_invalid_mend },
  "config-unreadable": { what: m.errors_config_unreadable, mend: m.errors_config_unreadable_mend },
  "run-folder-exists": { what: m.errors_run_folder_exists, mend: m.errors_run_folder_exists_mend },
  "run-folder-missing": { what: m.errors_run_folder_missing, mend: m.errors_run_folder_missing_mend },
  "modules-missing": { what: m.errors_modules_missing, mend: m.errors_modules_missing_mend },
  "engine-missing": { what: m.errors_engine_missing, mend: m.errors_engine_missing_mend },
  "engine-broken": { what: m.errors_engine_broken, mend: m.errors_engine_broken_mend },
  "python-missing": { what: m.errors_python_missing, mend: m.errors_python_missing_mend },
  "pip-missing": { what: m.errors_pip_missing, mend: m.errors_pip_missing_mend },
  "compiler-missing": { what: m.errors_compiler_missing, mend: m.errors_compiler_missing_mend },
  "dataset-missing": { what: m.errors_dataset_missing, mend: m.errors_dataset_missing_mend },
  "platform-unsupported": { what: m.errors_platform_unsupported, mend: m.errors_platform_unsupported_mend },
  network: { what: m.errors_network, mend: m.errors_network_mend },
  checksum: { what: m.errors_checksum, mend: m.errors_checksum_mend },
  "disk-full": { what: m.errors_disk_full, mend: m.errors_disk_full_mend },
  "disk-read-only": { what: m.errors_disk_read_only, mend: m.errors_disk_read_only_mend },
  permission: { what: m.errors_permission, mend: m.errors_permission_mend },
  "engine-build": { what: m.errors_engine_build, mend: m.errors_engine_build_mend },
  "dataset-invalid": { what: m.errors_dataset_invalid, mend: m.errors_dataset_invalid_mend },
  "dataset-unknown": { what: m.errors_dataset_unknown, mend: m.errors_dataset_unknown_mend },
  "dataset-exists": { what: m.errors_dataset_exists, mend: m.errors_dataset_exists_mend },
  "archive-unsafe": { what: m.errors_archive_unsafe, mend: m.errors_archive_unsafe_mend },
  "golden-invalid": { what: m.errors_golden_invalid, mend: m.errors_golden_invalid_mend },
  "checkpoint-invalid": { what: m.errors_checkpoint_invalid, mend: m.errors_checkpoint_invalid_mend },
  "events-invalid": { what: m.errors_events_invalid, mend: m.errors_events_invalid_mend },
  locked: { what: m.errors_locked, mend: m.errors_locked_mend },
  "run-unknown": { what: m.errors_run_unknown, mend: m.errors_run_unknown_mend },
  "run-state": { what: m.errors_run_state, mend: m.errors_run_state_mend },
  "study-unknown": { what: m.errors_study_unknown, mend: m.errors_study_unknown_mend },
  "study-exists": { what: m.errors_study_exists, mend: m.errors_study_exists_mend },
  memory: { what: m.errors_memory, mend: m.errors_memory_mend },
  "history-damaged": { what: m.errors_history_damaged, mend: m.errors_history_damaged_mend },
  "history-newer": { what: m.errors_history_newer, mend: m.errors_history_newer_mend },
  "history-network": { what: m.errors_history_network, mend: m.errors_history_network_mend },
  "archive-invalid": { what: m.errors_archive_invalid, mend: m.errors_archive_invalid_mend },
  "path-refused": { what: m.errors_path_refused, mend: m.errors_path_refused_mend },
  diverged: { what: m.errors_diverged, mend: m.errors_diverged_mend },
  interrupted: { what: m.errors_interrupted, mend: m.errors_interrupted_mend },
  "trainer-crashed": { what: m.errors_trainer_crashed, mend: m.errors_trainer_crashed_mend },
  compile: { what: m.errors_compile, mend: m.errors_compile_mend },
  "report-unknown": { what: m.errors_report_unknown, mend: m.errors_report_unknown_mend },
  "figure-unknown": { what: m.errors_figure_unknown, mend: m.errors_figure_unknown_mend },
  "figure-exists": { what: m.errors_figure_exists, mend: m.errors_figure_exists_mend },
  "figure-empty": { what: m.errors_figure_empty, mend: m.errors_figure_empty_mend },
  internal: { what: m.errors_internal, mend: m.errors_internal_mend },
};
