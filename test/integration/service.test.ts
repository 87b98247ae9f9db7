import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { serviceUnit } from "../../src-main/server/serviceUnit.ts";
import { rwb } from "./rwb.ts";
import { temporaryFolder } from "./server.fixture.ts";

const hasAnalyzer = spawnSync("systemd-analyze", ["--version"]).status === 0;

describe.skipIf(process.platform !== "linux")("rwb serve --install-service", () => {
  let config: string;
  const before = process.env.XDG_CONFIG_HOME;
  beforeEach(() => {
    config = temporaryFolder();
    process.env.XDG_CONFIG_HOME = config;
  });
  afterEach(() => {
    if (before === undefined) delete process.env.XDG_CONFIG_HOME;
    else process.env.XDG_CONFIG_HOME = before;
  });
  const units = (): string => path.join(config, "systemd", "user");

  it("writes a unit for the folder, says what starts it, and takes it back", async () => {
    const home = path.join(temporaryFolder(), `a 100% "home" $x`);
    const { code, out, err } = await rwb(["serve", "--install-service", "--port", "8123"], home);
    expect([code, existsSync(home)]).toEqual([0, false]);
    const [name] = readdirSync(units());
    expect(name).toMatch(/^resnet-workbench-[0-9a-f]{12}\.service$/);
    const lines = out.trimEnd().split("\n");
    expect(lines).toEqual([
      `Written: ${path.join(units(), name)}`,
      `  systemctl --user enable --now ${name}`,
      "  loginctl enable-linger",
    ]);
    expect(err).toContain(`journalctl --user -u ${name}`);
    const unit = readFileSync(path.join(units(), name), "utf8");
    expect(unit).toContain(String.raw`"serve" "--no-open" "--home" "`);
    expect(unit).toContain(String.raw`a 100%% \"home\" $$x" "--port" "8123"`);

    const removed = await rwb(["serve", "--uninstall-service", "--json"], home);
    expect(JSON.parse(removed.out)).toMatchObject({ service: name, wasThere: true });
    expect(readdirSync(units())).toEqual([]);
    const again = await rwb(["serve", "--uninstall-service"], home);
    expect([again.code, again.out]).toEqual([0, `There is no ${path.join(units(), name)}.\n`]);
    expect((await rwb(["serve", "--install-service", "--uninstall-service"], home)).code).toBe(2);
  });

  it.skipIf(!hasAnalyzer)("systemd finds nothing wrong with it", async () => {
    const home = path.join(temporaryFolder(), `a 100% "home" $x`);
    mkdirSync(home);
    await rwb(["serve", "--install-service"], home);
    const [name] = readdirSync(units());
    const { status, stderr } = spawnSync("systemd-analyze", ["--user", "verify", path.join(units(), name)], {
      encoding: "utf8",
      env: { ...process.env, XDG_RUNTIME_DIR: config },
    });
    expect([stderr.split("\n").filter((line) => line.includes(name)), status]).toEqual([[], 0]);
  });

  it("passes on where the engine is", () => {
    const unit = serviceUnit({ command: ["/n"], home: "/h", environment: { RWB_ENGINE: "/my engine" } });
    expect(unit.split("\n")).toContain(`Environment="RWB_ENGINE=/my engine"`);
    expect(unit.split("\n")).toContain(`ExecStart="/n"`);
  });
});
