import { cpSync, existsSync, readdirSync } from "node:fs";
import path from "node:path";
import { gzipSync } from "node:zlib";
import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { unpackPrediction } from "../../src-shared/contract/index.ts";
import { readDataset } from "../../src-main/dataset/openDataset.ts";
import { openBench, smallLog } from "../unit/archiveFixture.ts";
import { members, tarOf, type Files } from "../unit/datasetFixtures.ts";
import { startShell, temporaryFolder, withNoiseForShapes, type TestShell } from "./server.fixture.ts";

const left = (home: string): string[] => {
  const folder = path.join(home, "uploads");
  return existsSync(folder) ? readdirSync(folder) : [];
};

async function post(shell: TestShell, address: string, body: string | Buffer) {
  const type = { "content-type": "application/octet-stream" };
  const headers = { cookie: await shell.enter(), origin: shell.origin, ...type };
  return shell.ask(address, { method: "POST", headers, body });
}

/** CIFAR-10's archive with nothing but black aeroplanes. */
async function blackCifar(): Promise<Buffer> {
  const batch = Buffer.alloc(10_000 * 3073);
  const names = [1, 2, 3, 4, 5].map((number) => `data_batch_${number}.bin`);
  const files: Files = new Map([...names, "test_batch.bin"].map((name) => [name, batch]));
  const labels = "airplane\nautomobile\nbird\ncat\ndeer\ndog\nfrog\nhorse\nship\ntruck\n";
  const tar = await tarOf(members(new Map([...files, ["batches.meta.txt", Buffer.from(labels)]]), "cifar-10-batches-bin/")); // prettier-ignore
  return gzipSync(tar, { level: 1 });
}

describe("an uploaded data set", () => {
  it("is imported, and replaced only where that is said", async () => {
    const shell = await startShell();
    const archive = await blackCifar();
    const first = await post(shell, "/api/datasets/black", archive);
    expect(first.status).toBe(200);
    expect(JSON.parse(first.text)).toMatchObject({ name: "black", trainImages: 50_000, original: false });
    expect(await readDataset(shell.home, "black")).toMatchObject({ testImages: 10_000 });
    expect(await post(shell, "/api/datasets/black", archive)).toMatchObject({ status: 409, code: "dataset-exists" });
    expect((await post(shell, "/api/datasets/black?replace=yes", archive)).status).toBe(200);
    expect(left(shell.home)).toEqual([]);
  });

  it.each([
    ["that is none", "/api/datasets/mine", "hello", 422, "dataset-invalid"],
    ["under the built-in one's name", "/api/datasets/shapes", "hello", 404, "dataset-unknown"],
    ["under no name", "/api/datasets/..%2fx", "hello", 404, "not-found"],
    ["of too many bytes", "/api/datasets/mine", Buffer.alloc(200_001), 413, "upload-large"],
  ])("%s is refused", async (_, address, body, status, code) => {
    const shell = await startShell({ limits: { uploadBytes: 200_000 } });
    expect(await post(shell, address, body)).toMatchObject({ status, code });
    expect(left(shell.home)).toEqual([]);
  });
});

describe("an uploaded picture", () => {
  async function shellWithRun(): Promise<{ shell: TestShell; id: string }> {
    const home = temporaryFolder();
    await withNoiseForShapes(home);
    const { checksum } = await readDataset(home, "shapes");
    const log = smallLog.map((event) =>
      event.type === "started" ? { ...event, dataset: { ...event.dataset, checksum } } : event,
    );
    const bench = openBench({ checksum, log });
    bench.history.close();
    cpSync(bench.home, home, { recursive: true });
    bench.close();
    return { shell: await startShell({ home }), id: bench.id };
  }

  it("is shown to the run's network", async () => {
    const { shell, id } = await shellWithRun();
    const png = await sharp({ create: { width: 900, height: 700, channels: 3, background: "#336699" } }).png().toBuffer(); // prettier-ignore
    const answer = await post(shell, `/api/runs/${id}/predict?checkpoint=last`, png);
    expect(answer).toMatchObject({ status: 200 });
    const prediction = await unpackPrediction(new Blob([Uint8Array.from(answer.body)]));
    expect(prediction).toMatchObject({ run: id, iteration: 6, label: null });
    expect([...prediction.pixels.subarray(0, 3)]).toEqual([0x33, 0x66, 0x99]);
    expect(left(shell.home)).toEqual([]);

    const refused = [
      [`${id}/predict?checkpoint=last`, "hello", 400, "usage"],
      [`${id}/predict?checkpoint=first`, png, 404, "not-found"],
      ["nobody/predict?checkpoint=last", png, 404, "run-unknown"],
      [`${id}/predict?checkpoint=last`, Buffer.alloc(8_000_001), 413, "upload-large"],
    ] as const;
    for (const [address, body, status, code] of refused) {
      expect(await post(shell, `/api/runs/${address}`, body)).toMatchObject({ status, code });
    }
  });
});
