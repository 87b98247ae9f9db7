import { existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import type { History } from "../../src-main/history/index.ts";
import { readSession } from "../../src-main/report/queueSession.ts";
import { newReportName, reportFile, reportsFolder } from "../../src-main/report/reportFolder.ts";
import { ReportService } from "../../src-main/report/reportService.ts";
import type { ActiveRun } from "../../src-main/runner/activeRun.ts";
import { useBench } from "../unit/historyFixtures.ts";
import { fillHistory, writeLabels } from "../unit/studyHistory.ts";

const bench = useBench();
const never = new AbortController().signal;

/** A queue of a study of which one cell still waits, and what follows it; trainer, clock and forecast are played. */
function evening() {
  // By the wall clock, as main has it: a session is a stretch of it.
  const history = bench.open({ now: Date.now });
  writeLabels(bench.home);
  const id = "residual-32-s2-000000";
  fillHistory(history, bench.home, {
    change: ({ family, depth, seed }) =>
      family === "residual" && depth === 32 && seed === 2 ? { state: "waiting" } : {},
  });
  const active = new Map<string, ActiveRun>();
  const notes: string[] = [];
  const open = (): ReportService => {
    const service = new ReportService({
      ...{ home: bench.home, history, queue: { active }, onNote: (text) => void notes.push(text) },
      planner: {
        plan: () => ({
          queueEndMs: 600_000,
          runs: [{ id, startMs: 0, endMs: 540_000, threads: 1, speed: "measured" }],
        }),
      },
    });
    service.watch();
    return service;
  };
  const start = (): void => {
    active.set(id, {} as ActiveRun);
    history.runs.act(id, "start");
    history.runs.act(id, "started");
  };
  const end = (): void => {
    history.runs.act(id, "finished");
    active.clear();
  };
  return { history, id, notes, open, start, end };
}

const look = async (service: ReportService): Promise<void> => {
  service.changed();
  await sleep(400);
};

describe("the report of the queue", () => {
  it("is written once, when the queue has become empty, and says what was expected at first", async () => {
    const { open, start, end, notes } = evening();
    const service = open();
    start();
    await look(service);
    expect(await service.settled(never)).toEqual([]);
    expect(readSession(bench.home).session).toMatchObject({ plannedMs: 600_000, plannedRuns: 1 });
    const told: string[] = [];
    service.onWritten((reports) => told.push(...reports.map(({ name }) => name)));
    end();
    const [report, ...others] = await service.settled(never);
    expect(others).toEqual([]);
    expect(report).toMatchObject({ study: "report", runs: { finished: 8, failed: 0 } });
    expect(report.name).toMatch(/^\d{4}-\d\d-\d\d-\d{4}-report$/);
    expect(told).toEqual([report.name]);
    expect(await service.list(5)).toEqual([report]);
    expect(await service.read(report.name, "md")).toContain("10 min for the 1 run of that moment");
    expect(readFileSync(reportFile(bench.home, report.name, "html"), "utf8")).toContain("</html>");
    await look(service);
    expect(await service.settled(never)).toEqual([]);
    expect(notes).toEqual([]);
    await service.close();
  });

  it("of a main that was killed is written by the next one", async () => {
    const { open, start, end } = evening();
    const killed = open();
    start();
    await look(killed);
    const { session } = readSession(bench.home);
    await killed.close();
    end();
    const next = open();
    const [report] = await next.settled(never);
    expect(report.study).toBe("report");
    expect(session).not.toBeNull();
    expect(readSession(bench.home)).toMatchObject({ session: null, estimates: { "residual-32-s2-000000": 540_000 } });
    await next.close();
  });

  it("never harms the queue: a folder that cannot be written to is a note", async () => {
    const { open, start, end, notes, history } = evening();
    writeFileSync(reportsFolder(bench.home), "a file in its place");
    const service = open();
    start();
    await look(service);
    end();
    expect(await service.settled(never)).toEqual([]);
    expect(notes.length).toBeGreaterThan(0);
    expect(notes[0]).toMatch(/^No report/);
    expect(statusOf(history)).toBe("finished");
    await service.close();
  });

  it("is not waited for by a main that ends, and holds it for less than 50 ms", async () => {
    const { open, start, end } = evening();
    const service = open();
    start();
    await look(service);
    end();
    const writing = service.settled(AbortSignal.timeout(10_000));
    const lags: number[] = [];
    for (let last = performance.now(), count = 0; count < 40; count++) {
      await sleep(5);
      const now = performance.now();
      lags.push(now - last - 5);
      last = now;
    }
    // Sorted: the machine itself may stand still once or twice.
    expect(lags.toSorted((a, b) => a - b).at(-4)).toBeLessThan(50);
    const startMs = performance.now();
    await service.close();
    expect(performance.now() - startMs).toBeLessThan(2_000);
    await writing;
    expect(existsSync(path.join(reportsFolder(bench.home), "session.json"))).toBe(true);
  });
});

const statusOf = (history: History): string => history.runs.get("residual-32-s2-000000").status;

describe("a report's name", () => {
  it.each([
    ["depth", "depth"],
    ["Tiefe & Co. (1/32)", "tiefe-co-1-32"],
    ["深さ", "study"],
    [undefined, "runs"],
  ])("of %s is what every file system takes", (study, slug) => {
    const name = newReportName(bench.home, study, new Date(2026, 10, 25, 6, 40).getTime());
    expect(name).toBe(`2026-11-25-0640-${slug}`);
  });
});
