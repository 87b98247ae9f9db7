import { describe, expect, it } from "vitest";
import { composeReport } from "../../src-main/report/composeReport.ts";
import type { ReportRequest } from "../../src-main/report/reportRequest.ts";
import { useBench } from "./historyFixtures.ts";
import { fillHistory, madeGrid, writeLabels } from "./studyHistory.ts";
import type { MadeRun } from "./studyFixture.ts";

const bench = useBench();

const startedMs = Date.UTC(2026, 10, 24, 22, 0);
const hourMs = 3_600_000;

async function report(
  options: Parameters<typeof fillHistory>[2] = {},
  request: Partial<ReportRequest> = {},
  after: (history: ReturnType<typeof bench.open>) => void = () => {},
) {
  const history = bench.open();
  writeLabels(bench.home);
  fillHistory(history, bench.home, options);
  after(history);
  return composeReport(history, {
    ...{ home: bench.home, subject: { kind: "study", study: "report" }, estimates: {}, writtenMs: startedMs + 9 * hourMs },
    ...request,
  });
} // prettier-ignore

const isOf =
  (family: string, depth: number, seed: number) =>
  (made: MadeRun): boolean =>
    made.family === family && made.depth === depth && made.seed === seed;

const commandsOf = (markdown: string): string[] =>
  markdown.split("\n").flatMap((line) => (line.startsWith("       ") ? [line.trim()] : []));

const rowOf = (markdown: string, run: string): string[] =>
  markdown
    .split("\n")
    .find((line) => line.startsWith(`| ${run} |`))!
    .split("|")
    .slice(1, -1)
    .map((cell) => cell.trim());

/** Long enough for a warm-up. */
const long = { ...madeGrid, scale: 1 / 80, seeds: [1] };

describe("a report on a study", () => {
  it("has every run, verdict and figure, in a page that needs nothing else", async () => {
    const { html, markdown, counts } = await report();
    expect(counts).toEqual({ finished: 8, failed: 0, diverged: 0, paused: 0, cancelled: 0, open: 0 });
    expect(markdown).toContain("**All of 8 runs finished.**");
    expect(markdown).toMatch(/Deeper plain nets train worse .*: \*\*yes, in 2 of 2 seeds\*\*/);
    expect(markdown).not.toContain("What failed");
    expect(html.match(/<svg /g)!.length).toBeGreaterThanOrEqual(8);
    expect(html).not.toMatch(/(?:src|href)="(?!#)|url\((?!#|data:)|@import|<script/);
    expect(html.match(/<table/g)).toHaveLength(2);
    // Each id of a drawing is the page's alone, and whatever is referred to is there.
    const ids = [...html.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const [, id] of html.matchAll(/url\(#([^)]+)\)/g)) expect(ids).toContain(id);
  });

  it("is read in the dark: each colour of a figure has its other one", async () => {
    const { html } = await report();
    const [light, dark] = [/:root\{color-scheme[^}]*\}/, /prefers-color-scheme:dark\)\{:root\{[^}]*\}/].map(
      (block) => block.exec(html)![0],
    );
    const used = new Set([...html.matchAll(/="var\((--c\d+)\)"/g)].map(([, name]) => name));
    expect(used.size).toBeGreaterThan(5);
    for (const name of used) for (const block of [light, dark]) expect(block).toContain(`${name}:#`);
  });

  it("says what it took against the first estimates", async () => {
    const { markdown } = await report(
      {},
      {
        session: { startedMs, endedMs: startedMs + 3 * hourMs, plannedMs: 2 * hourMs, plannedRuns: 8 },
        estimates: { "plain-20-s1-000000": 90_000 },
      },
    );
    expect(markdown).toContain("From start to end it took 3 h 0 min; the first estimate was 2 h 0 min (+50 %).");
    expect(markdown).toContain("2 h 0 min for the 8 runs of that moment (+50 %)");
    expect(rowOf(markdown, "plain-20-s1-000000")[7]).toBe("2 min");
    expect(rowOf(markdown, "plain-32-s1-000000")[7]).toBe("");
  });

  it.each([
    ["with a checkpoint", 80, /^rwb run fork plain-32-s1-000000 --set training\.learningRate\.base=0\.01$/],
    ["without one", undefined, /^rwb queue add --recipe course --families plain --depths 32 --seeds 1 --scale 1\/80 --set training\.learningRate\.base=0\.01$/],
  ])("tells of a diverged run %s what mends it", async (_, checkpoint, command) => {
    const { html, markdown, counts } = await report(
      { grid: long, change: (made) => (isOf("plain", 32, 1)(made) ? { state: "diverged", done: 90 } : {}) },
      {},
      (history) => {
        if (checkpoint === undefined) return;
        const id = "plain-32-s1-000000";
        bench.append(id, { type: "checkpointed", timeMs: 1, iteration: checkpoint, file: "last.safetensors", best: false });
        history.ingest(id, bench.log(id));
      },
    );
    expect(counts).toMatchObject({ finished: 3, diverged: 1 });
    expect(markdown).toContain("**3 of 4 runs finished, 1 diverged.**");
    expect(html).toContain("<b>plain-32-s1-000000 diverged after 90 of 800 iterations</b>");
    expect(commandsOf(markdown)[0]).toMatch(command);
    expect(commandsOf(markdown)[1]).toMatch(/^# or: .*--set 'training\.learningRate\.warmup=\{/);
  }); // prettier-ignore

  it("tells why a run failed, whatever its words are", async () => {
    const words = "out of memory <script>alert(1)</script> | `rm`";
    const { html, markdown } = await report(
      { change: (made) => (isOf("residual", 20, 2)(made) ? { state: "waiting", done: 0 } : {}) },
      {},
      (history) => void history.runs.act("residual-20-s2-000000", "failed", { reason: words }),
    );
    expect(html).toContain("out of memory &lt;script&gt;alert(1)&lt;/script&gt;");
    expect(html).not.toContain("<script");
    expect(markdown).toContain(String.raw`out of memory &lt;script>alert(1)&lt;/script> \| \`rm\``);
    expect(commandsOf(markdown)).toContain("rwb run retry residual-20-s2-000000");
  });

  it("of an empty study says what is missing, and how to get it", async () => {
    const { html, markdown } = await report({ change: () => ({ state: "missing" }) });
    expect(markdown).toContain("**0 of 8 runs finished, 8 never queued.**");
    expect(commandsOf(markdown)).toEqual(["rwb study queue-missing report", "rwb queue run"]);
    expect(markdown).toContain("cannot say: runs are missing");
    expect(html).not.toContain("<svg");
    expect(markdown).toContain("**cost**: no run of it is finished");
  });

  it("asks for more seeds and a longer schedule where there is little of both", async () => {
    const one = await report({ grid: { ...madeGrid, seeds: [4] } });
    expect(one.markdown).toContain("observed in one seed");
    expect(commandsOf(one.markdown)).toContain("rwb study extend report --seeds 5,6");
    expect(commandsOf(one.markdown).some((command) => command.startsWith("rwb queue add --study report-1of80 "))).toBe(true);
  });

  it("has room for twenty seeds, and asks for no more", async () => {
    const seeds = Array.from({ length: 20 }, (_, index) => index + 1);
    const { markdown, html } = await report({ grid: { ...madeGrid, depths: [20, 32], seeds } });
    expect(markdown).toContain("**All of 80 runs finished.**");
    expect(html.match(/<td>(?:plain|residual)-/g)).toHaveLength(80);
    expect(markdown).toMatch(/n = 20 seeds/);
    expect(commandsOf(markdown).join("\n")).not.toContain("study extend");
  });
}); // prettier-ignore

describe("a report on runs without a study", () => {
  it("has a row each, and no verdicts", async () => {
    const runs = ["plain-20-s1-000000", "residual-20-s1-000000"];
    const { markdown, html, counts } = await report({}, { subject: { kind: "runs", runs } });
    expect(counts.finished).toBe(2);
    expect(markdown.startsWith("# Runs without a study\n")).toBe(true);
    for (const run of runs) expect(rowOf(markdown, run)[1]).toBe("finished");
    expect(html).not.toContain("What it says");
  });
});
