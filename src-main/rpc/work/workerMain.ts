import { childFailure } from "../../childFailure.ts";
import { workSchema, type FromWorker, type Work } from "./workMessage.ts";

/**
 * The process that does one piece of long work and says what it is at: an import computes for seconds, and to end it
 * means to end its process. What that leaves behind, the next one of its kind sweeps or goes on with.
 */

const say = (message: FromWorker): void => void process.send?.(message);
const note = (text: string): void => say({ type: "note", text });

const progressEveryMs = 250;

/** Steps at the pace at which a window shows them; the last of each title always. */
function progressOf(title: string, unit: string): (done: number, total: number | null) => void {
  let saidAtMs = -Infinity;
  return (done, total) => {
    const nowMs = performance.now();
    if (nowMs - saidAtMs < progressEveryMs && done !== total) return;
    saidAtMs = nowMs;
    say({ type: "progress", title, done, total, unit });
  };
}

const bytesAMegabyte = 1e6;

async function work(task: Work, signal: AbortSignal): Promise<void> {
  switch (task.kind) {
    case "dataset-add": {
      const { addDataset } = await import("../../dataset/index.ts");
      note(`Importing ${task.from} ...`);
      await addDataset(task.home, task.name, task.from, { replace: task.replace });
      return;
    }
    case "dataset-download": {
      const { downloadDataset } = await import("../../dataset/index.ts");
      const shown = new Map<string, ReturnType<typeof progressOf>>();
      const onProgress = (file: string, bytes: number, totalBytes: number | undefined): void => {
        const progress = shown.get(file) ?? progressOf(file, "MB");
        shown.set(file, progress);
        progress(bytes / bytesAMegabyte, totalBytes === undefined ? null : totalBytes / bytesAMegabyte);
      };
      await downloadDataset(task.home, task.name, { replace: task.replace, onProgress });
      return;
    }
    case "dataset-verify": {
      const { verifyDataset } = await import("../../dataset/index.ts");
      note(`Reading every byte of ${task.name} ...`);
      await verifyDataset(task.home, task.name);
      return;
    }
    case "engine": {
      const { setupEngine } = await import("../../engine/setup.ts");
      const progress = (title: string, total: number, unit: string) => {
        const update = progressOf(title, unit);
        return { update: (done: number) => update(done, total), stop: () => {} };
      };
      await setupEngine({ device: task.device, force: task.force }, { say: note, progress }, signal);
    }
  }
}

const told = new AbortController();
let task: Work | undefined;
process.on("SIGTERM", () => {
  // A set-up tidies its folder; of the others nothing has to be.
  if (task?.kind === "engine") told.abort(new Error("told to end"));
  else process.exit(1);
});
// Nobody is left to work for.
process.on("disconnect", () => process.exit(1));

process.once("message", (message) => {
  const ended = (last: FromWorker): void => void process.send?.(last, () => process.exit());
  task = workSchema.parse(message);
  work(task, told.signal).then(
    () => ended({ type: "done" }),
    (error: unknown) => ended(childFailure(error)),
  );
});
