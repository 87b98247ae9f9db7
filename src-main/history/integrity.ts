import { createRequire } from "node:module";
import { Worker } from "node:worker_threads";
import { databaseFile } from "./backupFiles.ts";
import { historyDamaged } from "./sqliteErrors.ts";
import type { WorkbenchError } from "../../src-shared/errors.ts";

/**
 * Half a second for 60 MB, in which the event loop must not stand still. Given as text, it needs no file of its own beside
 * a bundle of the desktop shell.
 */
const checkInWorker = `
  const { parentPort, workerData } = require("node:worker_threads");
  const Database = require(workerData.module);
  try {
    const database = new Database(workerData.file, { readonly: true });
    parentPort.postMessage(database.pragma("quick_check(10)").map((row) => row.quick_check));
    database.close();
  } catch (error) {
    parentPort.postMessage([error.message]);
  }
`;

/**
 * SQLite's quick_check, beside the program that uses the history: for after an unclean end.
 *
 * @returns the damage, undefined where there is none
 */
export async function checkIntegrity(home: string): Promise<WorkbenchError | undefined> {
  const module = createRequire(import.meta.url).resolve("better-sqlite3");
  const worker = new Worker(checkInWorker, { eval: true, workerData: { module, file: databaseFile(home) } });
  // Only at its end is the file free again.
  const problems = await new Promise<string[]>((resolve, reject) => {
    let answer: string[] | undefined;
    worker.once("message", (message: string[]) => (answer = message));
    worker.once("error", reject);
    worker.once("exit", () => {
      if (answer) resolve(answer);
      else reject(new Error("The check of the history ended without an answer."));
    });
  });
  if (problems.length === 1 && problems[0] === "ok") return undefined;
  return historyDamaged(home, problems.join("; "));
}
