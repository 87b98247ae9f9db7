import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { describe, expect, it } from "vitest";
import configuration from "../../electron-builder.config.ts";
import { isRunArchiveName } from "../../src-shared/runArchiveFile.ts";

const icons = path.join("resources", "icons");
const read = (name: string): Buffer => readFileSync(path.join(icons, name));
const pngHead = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
/** Width and height as a PNG's first chunk has them. */
const sizeOf = (png: Buffer): [number, number] => {
  expect(png.subarray(0, 8)).toEqual(pngHead);
  return [png.readUInt32BE(16), png.readUInt32BE(20)];
};

interface Validate {
  (value: unknown): boolean;
  readonly errors?: readonly object[] | null;
}

describe("what goes into an installer", () => {
  // Its own validator, which is another version than the linter's.
  const builder = createRequire(path.resolve("node_modules/app-builder-lib/package.json"));
  const { Ajv } = builder("ajv") as { Ajv: new (options: object) => { compile: (schema: object) => Validate } };
  const schema = JSON.parse(readFileSync("node_modules/app-builder-lib/scheme.json", "utf8")) as object;
  const validate = new Ajv({ strict: false, allErrors: true }).compile(schema);

  it("is a configuration as electron-builder's own schema has it, which tells wrong ones", () => {
    validate(configuration);
    expect(validate.errors ?? []).toEqual([]);
    expect(validate({ ...configuration, linux: { target: ["AppImage"], icons: 7 } })).toBe(false);
    expect(validate({ ...configuration, electronFuse: {} })).toBe(false);
  });

  it("names files that are there, and an association that the window takes up", () => {
    for (const icon of [configuration.linux?.icon, configuration.mac?.icon, configuration.win?.icon]) {
      expect(existsSync(path.join(icons, icon!))).toBe(true);
    }
    const [{ ext }] = configuration.fileAssociations as { ext: string }[];
    expect(isRunArchiveName(`residual-20.${ext}`)).toBe(true);
  });

  it("leaves whatever plain Node reads outside the asar: its sources, its packages, what finds its Node", () => {
    const unpacked = configuration.asarUnpack as string[];
    for (const place of ["src-main/**", "src-shared/**", "node_modules/**", "bin/lib/node-programs.json"]) {
      expect(unpacked).toContain(place);
    }
    // And main itself within, where the fuses check it.
    expect(unpacked.some((place) => place.startsWith("out"))).toBe(false);
    const main = readFileSync("out/main/main.js", "utf8");
    expect(main).toContain(`import.meta.url.replace("/app.asar/", "/app.asar.unpacked/")`);
  });
});

describe("icons", () => {
  it.each([
    ["icon.png", 512],
    ["tray.png", 22],
    ["tray@2x.png", 44],
    ["trayTemplate.png", 16],
    ["trayTemplate@2x.png", 32],
  ])("%s has %s pixels", (name, side) => expect(sizeOf(read(name))).toEqual([side, side]));

  it("icon.icns has every size that macOS asks for", () => {
    const file = read("icon.icns");
    expect([file.toString("latin1", 0, 4), file.readUInt32BE(4)]).toEqual(["icns", file.length]);
    const sides: number[] = [];
    for (let at = 8; at < file.length; at += file.readUInt32BE(at + 4)) sides.push(sizeOf(file.subarray(at + 8))[0]);
    expect(sides).toEqual([32, 64, 128, 256, 512, 1024]);
  });

  it("icon.ico has every size that Windows asks for", () => {
    const file = read("icon.ico");
    const sides = Array.from({ length: file.readUInt16LE(4) }, (_, at) => {
      const entry = file.subarray(6 + 16 * at);
      const png = file.subarray(entry.readUInt32LE(12), entry.readUInt32LE(12) + entry.readUInt32LE(8));
      expect(sizeOf(png)[0] % 256).toBe(entry[0]);
      return sizeOf(png)[0];
    });
    expect(sides).toEqual([16, 24, 32, 48, 64, 128, 256]);
  });
});
