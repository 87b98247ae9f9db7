import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, it } from "vitest";
import { writeCifar10 } from "./cifar10Folder.ts";
import { doTheWholeJob } from "./job.ts";
import { startService, type Service } from "./service.ts";
import { describeInChromium, openWindow } from "./window.ts";

describeInChromium("the whole job in a browser", () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), "rwb-job-"));
  const home = path.join(folder, "home");
  const source = path.join(folder, "cifar-10-batches-bin");
  let service: Service;
  beforeAll(async () => {
    writeCifar10(source);
    service = await startService(home);
  });
  afterAll(async () => {
    await service?.kill();
    rmSync(folder, { recursive: true, force: true });
  });

  it("from the first start to matrices that outlive a restart", { timeout: 300_000 }, async () => {
    const restarts = /WebSocket connection to .* failed|Failed to load resource/;
    const window = await openWindow(service.link, { allowed: restarts });
    const { page } = window;
    const restart = async () => {
      // A main of another life does not know this browser, and says so; the places stay.
      await service.stop();
      await page.getByText(/The connection is lost/).waitFor();
      service = await startService(home);
      await page
        .getByRole("alert")
        .getByText(/signed out/)
        .waitFor({ timeout: 30_000 });
      await window.enter(service.link);
      return page;
    };
    await doTheWholeJob({ page, restart }, source);
  });
});
