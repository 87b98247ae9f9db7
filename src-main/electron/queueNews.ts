import { isActive, isWaiting, type RunStatus } from "../../src-shared/runState.ts";

/** A run as the news needs it. */
export interface RunNow {
  readonly id: string;
  readonly status: RunStatus;
  readonly iteration: number;
  readonly iterations: number;
  readonly testAccuracy?: number | undefined;
  /** Why it failed, in words. */
  readonly reason?: string | undefined;
}

/** What is worth telling somebody who is not looking. */
export type News =
  | { readonly kind: "finished" | "failed" | "diverged"; readonly run: RunNow }
  /** No run trains and none waits any more. */
  | { readonly kind: "empty"; readonly finished: number; readonly failed: number; readonly diverged: number };

/**
 * The runs that have trained or waited since the queue was last empty, as they were at the last look: what the progress
 * counts, and what the news are told from.
 */
export type Work = ReadonlyMap<string, RunNow>;

const newsKinds = { finished: true, failed: true, diverged: true } as const;
type NewsKind = keyof typeof newsKinds;
const newsKindOf = (status: RunStatus): NewsKind | undefined =>
  Object.hasOwn(newsKinds, status) ? (status as NewsKind) : undefined;

const isInPlay = ({ status }: RunNow): boolean => isActive(status) || isWaiting(status);

/**
 * What has happened since `before`. Where the queue is empty with it and more than one run has ended, the runs that have
 * just finished are not told one by one: that everything is done says as much.
 *
 * @param now every run that trains or waits, and those of `before` as they are now; one of them that is missing is gone
 */
export function newsSince(before: Work, now: readonly RunNow[]): { readonly work: Work; readonly news: News[] } {
  const ended = now.filter((run) => {
    const last = before.get(run.id);
    return last !== undefined && isInPlay(last) && newsKindOf(run.status) !== undefined;
  });
  const news = ended.map((run): News => ({ kind: newsKindOf(run.status)!, run }));
  // A paused run is left out: it neither trains nor waits, and did not end.
  const work = new Map(now.filter((run) => isInPlay(run) || newsKindOf(run.status)).map((run) => [run.id, run]));
  if (now.some(isInPlay)) return { work, news };
  const count = (kind: NewsKind): number => [...work.values()].filter(({ status }) => status === kind).length;
  const counts = { finished: count("finished"), failed: count("failed"), diverged: count("diverged") };
  const all = counts.finished + counts.failed + counts.diverged;
  if (ended.length === 0 || all < 2) return { work: new Map(), news };
  return { work: new Map(), news: [...news.filter(({ kind }) => kind !== "finished"), { kind: "empty", ...counts }] };
}

/** Share of the work's iterations that are done, 0 to 1; undefined where there is none. */
export function shareOf(work: Work): number | undefined {
  let [done, all] = [0, 0];
  for (const run of work.values()) {
    // What has failed or diverged needs no more time.
    const isOver = newsKindOf(run.status) !== undefined;
    done += isOver ? run.iterations : run.iteration;
    all += run.iterations;
  }
  return all === 0 ? undefined : done / all;
}

/** As a notification says it, and where a click on it leads. */
export function newsText(news: News): { readonly title: string; readonly body: string; readonly hash: string } {
  if (news.kind === "empty") {
    const parts = (["finished", "failed", "diverged"] as const).filter((kind) => news[kind] > 0);
    return {
      title: "The queue is empty",
      body: parts.map((kind) => `${news[kind]} ${kind}`).join(", "),
      hash: "#/runs",
    };
  }
  const { id, testAccuracy, reason, iteration } = news.run;
  const hash = `#/runs/${encodeURIComponent(id)}`;
  switch (news.kind) {
    case "finished": {
      const body = testAccuracy === undefined ? "" : `Test accuracy ${(100 * testAccuracy).toFixed(2)} %`;
      return { title: `${id} has finished`, body, hash };
    }
    case "failed":
      return { title: `${id} has failed`, body: reason ?? "", hash };
    case "diverged":
      return { title: `${id} has diverged`, body: `At iteration ${iteration}. A lower rate may mend it.`, hash };
  }
}
