import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { crc32 } from "node:zlib";
import { afterEach, beforeEach, expect, test } from "vitest";
import { unpackWheel } from "../../src-main/engine/unpack.ts";

/** A zip archive whose files are stored, not deflated (PKWARE APPNOTE 4.3). */
function zip(files: Record<string, string>): Buffer {
  const bodies: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const [name, text] of Object.entries(files)) {
    const data = Buffer.from(text);
    const local = Buffer.alloc(30);
    local.writeUInt32LE(0x04034b50, 0);
    local.writeUInt16LE(20, 4);
    local.writeUInt32LE(crc32(data), 14);
    local.writeUInt32LE(data.length, 18);
    local.writeUInt32LE(data.length, 22);
    local.writeUInt16LE(name.length, 26);
    const central = Buffer.alloc(46);
    central.writeUInt32LE(0x02014b50, 0);
    central.writeUInt16LE(20, 4);
    local.copy(central, 6, 4, 30);
    central.writeUInt32LE(offset, 42);
    const body = Buffer.concat([local, Buffer.from(name), data]);
    bodies.push(body);
    directory.push(central, Buffer.from(name));
    offset += body.length;
  }
  const entries = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(Object.keys(files).length, 8);
  end.writeUInt16LE(Object.keys(files).length, 10);
  end.writeUInt32LE(entries.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...bodies, entries, end]);
}

const contents = { "tensorflow/lib.so": "a library", "tensorflow/other.py": "not wanted" };
const recordOf = (files: Record<string, string>): string =>
  Object.entries(files)
    .map(([name, text]) => `${name},sha256=${createHash("sha256").update(text).digest("base64url")},${text.length}\n`)
    .join("");
const wheelOf = (files: Record<string, string>, record = recordOf(files)): Buffer =>
  zip({ ...files, "x-1.dist-info/RECORD": record });

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), "rwb-unpack-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function unpack(wheel: Buffer, change?: (file: string) => void): Promise<unknown> {
  const file = path.join(folder, "x-1-py3-none-any.whl");
  writeFileSync(file, wheel);
  change?.(file);
  const wants = (name: string): boolean => !name.endsWith(".py") && !name.includes("dist-info");
  const options = { wants, onBytes: () => {}, signal: new AbortController().signal };
  return unpackWheel(file, path.join(folder, "out"), options);
}

test("what is wanted is unpacked and named with its sum", async () => {
  const sha256 = createHash("sha256").update(contents["tensorflow/lib.so"]).digest("hex");
  await expect(unpack(wheelOf(contents))).resolves.toEqual([{ path: "tensorflow/lib.so", bytes: 9, sha256 }]);
  expect(readFileSync(path.join(folder, "out/tensorflow/lib.so"), "utf8")).toBe("a library");
  expect(existsSync(path.join(folder, "out/tensorflow/other.py"))).toBe(false);
});

const lying = recordOf({ ...contents, "tensorflow/lib.so": "another" });
const flipped = wheelOf(contents);
flipped[flipped.indexOf("a library")] = 0x41;
const damages: [string, Buffer, ((file: string) => void)?][] = [
  ["a file that is not the one in RECORD", wheelOf(contents, lying)],
  ["a file that RECORD does not name", wheelOf(contents, recordOf({ "tensorflow/other.py": "not wanted" }))],
  ["a changed byte", flipped],
  ["no RECORD", zip(contents)],
  ["half of it", wheelOf(contents), (file) => truncateSync(file, 100)],
  ["something else altogether", Buffer.from("<html>404</html>")],
  ["a path that leads out of the folder", wheelOf({ "../evil.so": "evil" })],
];
test.each(damages)("%s is damage", async (_name, wheel, change) => {
  await expect(unpack(wheel, change)).rejects.toMatchObject({ code: "checksum" });
  expect(existsSync(path.join(folder, "evil.so"))).toBe(false);
});
