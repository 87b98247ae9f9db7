import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { startTcpProxy, type TcpProxy } from "../bench/tcpProxy.ts";
import type { ServedWindow } from "../simulation/servedWindow.ts";
import { serveSeeded } from "./seeded.ts";
import { until } from "./waiting.ts";
import { describeInChromium, openWindow } from "./window.ts";

const heading = { level: 1 } as const;

describeInChromium("a place", () => {
  let served: ServedWindow;
  let line: TcpProxy | undefined;
  beforeAll(async () => {
    served = await serveSeeded("few");
  });
  afterEach(() => line?.close());
  afterAll(() => served?.close());

  it("is an address: copied into another tab it shows the same; back leads back", async () => {
    const { page } = await openWindow(served.link());
    await page.getByRole("table").getByRole("link", { name: "residual-56" }).first().click();
    await page.getByRole("heading", { ...heading, name: /^residual-56/ }).waitFor();
    await page.getByRole("link", { name: "Confusion" }).click();
    const matrix = page.getByRole("grid", { name: /^Confusion matrix/ });
    const newest = await matrix.textContent();
    await page.getByRole("slider", { name: "Evaluation" }).press("ArrowLeft");
    await until("it is another matrix", async () => (await matrix.textContent()) !== newest);
    const shown = await matrix.textContent();

    const other = await page.context().newPage();
    await other.goto(page.url());
    await until("it shows the same", async () => {
      return (await other.getByRole("grid", { name: /^Confusion matrix/ }).textContent()) === shown;
    });
    await page.goBack();
    await until("the curves are back", async () => !page.url().includes("confusion"));
    await page.goBack();
    await page.getByRole("heading", { ...heading, name: "Queue" }).waitFor();
  });

  it("outlives a lost connection: that is said, and the window goes on by itself", async () => {
    const link = new URL(served.link());
    line = await startTcpProxy(Number(link.port));
    link.port = String(line.port);
    const { page } = await openWindow(link.href, {
      allowed: /WebSocket|Failed to load resource|ERR_/,
    });
    await page.goto(new URL("#/new", page.url()).href);
    const depths = page.getByRole("textbox", { name: "Depths" });
    await depths.fill("20, 110");
    const lost = page.getByText(/The connection is lost/);

    line.cut("reset");
    await lost.waitFor();
    expect(await depths.inputValue()).toBe("20, 110");
    line.heal();
    await lost.waitFor({ state: "detached", timeout: 30_000 });
    expect(await depths.inputValue()).toBe("20, 110");
    await page.getByRole("button", { name: /^Queue \d runs?$/ }).waitFor();

    // What happened meanwhile is seen.
    await page.goto(new URL("#/queue", page.url()).href);
    const row = page.getByRole("row", { name: /residual-32/ }).first();
    await row.getByText("interrupted").waitFor();
    line.cut("reset");
    await lost.waitFor();
    served.workbench.queue.act(served.workbench.history.runs.waiting()[0].id, "pause");
    line.heal();
    await row.getByText("paused").waitFor({ timeout: 30_000 });
  });
});
