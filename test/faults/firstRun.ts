import { openHistory, type RunRecord } from "../../src-main/history/index.ts";

/** The run that was queued first, as the history knows it at this moment. */
export function firstRun(home: string): RunRecord {
  const history = openHistory({ home, readOnly: true });
  try {
    return { ...history.runs.list()[0] };
  } finally {
    history.close();
  }
}
