import { m } from "../../paraglide/messages.js";
import type { Column } from "./runColumns.ts";

export const columnWords: Readonly<Record<Column, () => string>> = {
  state: m.runs_column_state,
  name: m.runs_column_name,
  data: m.runs_column_data,
  shortcut: m.runs_column_shortcut,
  study: m.runs_column_study,
  last: m.runs_column_last,
  best: m.runs_column_best,
  loss: m.runs_column_loss,
  iterations: m.runs_column_iterations,
  speed: m.runs_column_speed,
  time: m.runs_column_time,
  tags: m.runs_column_tags,
  created: m.runs_column_created,
};
