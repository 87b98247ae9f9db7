import { openHistory, type History } from "../history/index.ts";
import { reachWorkbench } from "./connect.ts";

/**
 * The history of a workbench folder, to read from: this process's own where it can have the folder, which takes stock of what
 * a killed main left behind; beside a main that is alive a second connection, which writes nothing.
 *
 * @throws WorkbenchError what `reachWorkbench` and `openHistory` throw
 */
export async function withHistory<T>(
  home: string,
  onNote: (text: string) => void,
  use: (history: History) => Promise<T>,
): Promise<T> {
  const reached = await reachWorkbench(home, onNote);
  if (reached.kind === "own") {
    try {
      return await use(reached.workbench.history);
    } finally {
      await reached.workbench.close("the command is done");
    }
  }
  reached.main.close();
  const history = openHistory({ home, readOnly: true });
  try {
    return await use(history);
  } finally {
    history.close();
  }
}
