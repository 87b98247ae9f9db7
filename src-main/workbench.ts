import { availableParallelism } from "node:os";
import path from "node:path";
import { WorkbenchError } from "../src-shared/errors.ts";
import { FigureProcess } from "./figures/figureProcess.ts";
import { tryLock } from "./fileLock.ts";
import { makeHomeFolder, openHistory, type History } from "./history/index.ts";
import { memoryForTrainers } from "./memory.ts";
import { ReportService } from "./report/index.ts";
import { Estimates } from "./runner/estimates.ts";
import { Planner } from "./runner/planner.ts";
import { Queue } from "./runner/queue.ts";
import { adoptRunFolders } from "./runner/runFolders.ts";
import { RunService } from "./runner/runService.ts";
import type { Resources } from "./runner/scheduler.ts";
import { StudyService } from "./runner/studyService.ts";
import { takeStock } from "./runner/takeStock.ts";
import { startUpkeep } from "./upkeep.ts";

export interface WorkbenchOptions {
  readonly home: string;
  /** Cores to give to trainers together; all by default. */
  readonly cores?: number;
  readonly onNote?: (text: string) => void;
}

/** The services behind every shell, on one workbench folder, which this process alone has. */
export interface Workbench {
  readonly home: string;
  readonly history: History;
  readonly queue: Queue;
  readonly planner: Planner;
  readonly runs: RunService;
  readonly studies: StudyService;
  readonly estimates: Estimates;
  readonly resources: Resources;
  readonly figures: FigureProcess;
  /** What is written when the queue has become empty. */
  readonly reports: ReportService;
  /** Called at every change of runs or queue; returns what ends it. */
  subscribe(listener: () => void): () => void;
  /** Trainers write a checkpoint and end; the history is backed up and closed; the folder is free. */
  close(reason: string): Promise<void>;
}

const lockFile = "workbench.lock";

/**
 * Takes the workbench folder, its history, and stock of what a killed main left behind.
 * @throws WorkbenchError `locked` where another main has the folder; what `openHistory` throws
 */
export async function openWorkbench(options: WorkbenchOptions): Promise<Workbench> {
  const { home, onNote = () => {} } = options;
  const release = lockHome(home);
  let history: History | undefined;
  try {
    const opened = (history = openHistory({ home }));
    if (opened.newer) onNote(opened.newer.message);
    else {
      await takeStock(opened, home);
      await adoptRunFolders(opened, home, onNote);
    }
    const endUpkeep = opened.newer ? () => {} : startUpkeep(opened, home, onNote);
    const listeners = new Set<() => void>();
    const estimates = new Estimates(home);
    await estimates.lookUp(opened.runs.waiting().map(({ config }) => config.dataset));
    const { cores, slots } = opened.settings.get();
    const resources = {
      cores: options.cores ?? cores ?? availableParallelism(),
      memoryBytes: memoryForTrainers(),
      slots: slots ?? Infinity,
    };
    const queue = new Queue({
      ...{ home, history: opened, resources, onNote },
      memoryOf: ({ config, lanes }) => estimates.of(config, lanes ?? 1).memoryBytes,
      onChange: () => listeners.forEach((listener) => listener()),
    });
    const figures = new FigureProcess(home);
    const planner = new Planner({ history: opened, queue, resources, estimates });
    const reports = new ReportService({ home, history: opened, queue, planner, onNote });
    listeners.add(() => reports.changed());
    const runs = new RunService({ home, history: opened, queue, estimates });
    return {
      ...{ home, history: opened, queue, runs, estimates, resources, figures, planner, reports },
      studies: new StudyService({ history: opened, runs }),
      subscribe: (listener) => {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
      close: async (reason) => {
        endUpkeep();
        figures.close();
        await reports.close();
        await queue.close(reason);
        // Without room for a backup the folder is left all the same; the last one is still there.
        if (!opened.newer && opened.hasChanged())
          await opened.backUp().catch((error: unknown) => onNote((error as Error).message));
        opened.close();
        release();
      },
    };
  } catch (error) {
    history?.close();
    release();
    throw error;
  }
}

/** The folder for this process alone; returns what gives it back. @throws WorkbenchError `locked`, `permission` */
export function lockHome(home: string): () => void {
  // Before the lock, which is an SQLite file as well.
  makeHomeFolder(home);
  const release = tryLock(path.join(home, lockFile));
  if (release) return release;
  throw new WorkbenchError("locked", `Another workbench works on ${home}.`, {
    mend: "Use that one, or end it first.",
  });
}
