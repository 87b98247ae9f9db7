import type { Workbench } from "../workbench.ts";

const writtenWithinMs = 30_000;

/**
 * The page of the newest report of this main's life, once what is being written is there.
 * @returns its file; undefined where there is none
 */
export async function newestReport(
  { reports }: Pick<Workbench, "reports">,
  sinceMs: number,
): Promise<string | undefined> {
  try {
    await reports.settled(AbortSignal.timeout(writtenWithinMs));
    const [newest] = await reports.list(1);
    return newest !== undefined && newest.writtenMs >= sinceMs ? await reports.page(newest.name) : undefined;
  } catch {
    return undefined; // the runs are still there to look at
  }
}
