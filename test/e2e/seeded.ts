import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { withNoiseForShapes } from "../integration/server.fixture.ts";
import { scenarios, type Scenario } from "../simulation/scenarios.ts";
import { seedHome } from "../simulation/seedHome.ts";
import { serveWindow, type ServedWindow } from "../simulation/servedWindow.ts";

/** The window on a made-up history, served by this process; its folder goes when it is closed. */
export async function serveSeeded(scenario: Scenario): Promise<ServedWindow> {
  const home = mkdtempSync(path.join(os.tmpdir(), `rwb-${scenario}-`));
  await withNoiseForShapes(home);
  await seedHome(home, scenarios[scenario]);
  const served = await serveWindow(home);
  return {
    ...served,
    close: async () => {
      await served.close();
      rmSync(home, { recursive: true, force: true });
    },
  };
}
