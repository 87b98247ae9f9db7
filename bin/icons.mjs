/**
 * Draws resources/icons anew from its SVG files, with what the systems want of them: `node bin/icons.mjs`. Run it after one
 * of them has changed; what it writes is under version control, since a build needs nothing but the files.
 */
import { Buffer } from "node:buffer";
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { Resvg } from "@resvg/resvg-js";
import { projectFolder } from "./lib/node24.mjs";

const folder = path.join(projectFolder, "resources", "icons");

/** Types of an .icns file's parts, by their side in pixels; all of these hold a PNG (macOS 10.7 on). */
const icnsParts = [
  ["ic11", 32],
  ["ic12", 64],
  ["ic07", 128],
  ["ic08", 256],
  ["ic09", 512],
  ["ic10", 1024],
];
const icoSides = [16, 24, 32, 48, 64, 128, 256];

function draw(name, side) {
  const svg = readFileSync(path.join(folder, `${name}.svg`), "utf8");
  return Buffer.from(new Resvg(svg, { fitTo: { mode: "width", value: side } }).render().asPng());
}

/** Apple's icon file: "icns", its length, then parts of a type, a length (with these eight bytes) and a PNG. */
function icns(name) {
  const parts = icnsParts.map(([type, side]) => {
    const png = draw(name, side);
    const head = Buffer.alloc(8);
    head.write(type, "latin1");
    head.writeUInt32BE(png.length + 8, 4);
    return Buffer.concat([head, png]);
  });
  const head = Buffer.alloc(8);
  head.write("icns", "latin1");
  head.writeUInt32BE(
    parts.reduce((sum, { length }) => sum + length, 8),
    4,
  );
  return Buffer.concat([head, ...parts]);
}

/** Windows' icon file: a directory of PNGs, of 16 bytes each; a side of 256 is written as 0. */
function ico(name) {
  const pngs = icoSides.map((side) => draw(name, side));
  const head = Buffer.alloc(6);
  head.writeUInt16LE(1, 2);
  head.writeUInt16LE(pngs.length, 4);
  let offset = head.length + 16 * pngs.length;
  const entries = pngs.map((png, at) => {
    const entry = Buffer.alloc(16);
    entry.writeUInt8(icoSides[at] % 256, 0);
    entry.writeUInt8(icoSides[at] % 256, 1);
    entry.writeUInt16LE(1, 4);
    entry.writeUInt16LE(32, 6);
    entry.writeUInt32LE(png.length, 8);
    entry.writeUInt32LE(offset, 12);
    offset += png.length;
    return entry;
  });
  return Buffer.concat([head, ...entries, ...pngs]);
}

const files = {
  "icon.png": () => draw("icon", 512),
  "icon.icns": () => icns("icon"),
  "icon.ico": () => ico("icon"),
  "tray.png": () => draw("tray", 22),
  "tray@2x.png": () => draw("tray", 44),
  "trayTemplate.png": () => draw("trayTemplate", 16),
  "trayTemplate@2x.png": () => draw("trayTemplate", 32),
};
for (const [name, make] of Object.entries(files)) writeFileSync(path.join(folder, name), make());
