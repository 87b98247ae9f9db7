import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { request } from "node:http";
import os from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import { WebSocket } from "ws";
import { openDataset } from "../../src-main/dataset/index.ts";
import { openHistory } from "../../src-main/history/index.ts";
import { connectLocally } from "../../src-main/rpc/localClient.ts";
import { openWorkbench } from "../../src-main/workbench.ts";
import { connectRpc, webSocketTransport, type RpcClient } from "../../src-renderer/state/rpcClient.ts";
import { unpackPiece, type LedgerLine, type Services, type Tick } from "../../src-shared/contract/index.ts";
import { smallRuns } from "../faults/smallRuns.ts";
import { eventsOf, timesCounted } from "../faults/runLog.ts";
import { until } from "../faults/waiting.ts";
import { startRwb } from "../integration/rwb.ts";
import { startTcpProxy, type Cut } from "./tcpProxy.ts";

export interface CutOffReport {
  /** What was not as it should be; empty where all was. */
  readonly violations: readonly string[];
  readonly cutSeconds: number;
  /** Runs that something happened to while the client was away, and how often by the history's ledger. */
  readonly changedRuns: number;
  readonly ledgerEntries: number;
  /** What the trainer did meanwhile. */
  readonly iterations: number;
  /** From the healing until the client knew all of it. */
  readonly caughtUpMs: number;
}

const changesEveryMs = 250;
const oldRuns = 40;
/** A client that is away tries again every 10 s, and a little more. */
const catchesUpWithinMs = 30_000;

/**
 * A window that is cut off from `rwb serve` while runs change and a trainer trains: what it knows in the end, by its own
 * client, against what the history and the run's log say.
 */
export async function cutOff(seconds: number, how: Cut): Promise<CutOffReport> {
  const home = mkdtempSync(path.join(os.tmpdir(), "rwb-cut-off-"));
  const ends: (() => unknown)[] = [() => rmSync(home, { recursive: true, force: true })];
  try {
    return await strike(home, seconds, how, (end) => void ends.unshift(end));
  } finally {
    for (const end of ends) await end();
  }
}

async function strike(
  home: string,
  seconds: number,
  how: Cut,
  atEnd: (end: () => unknown) => void,
): Promise<CutOffReport> {
  const ids = await prepare(home);
  const [training, ...old] = ids;
  const serve = startRwb(["serve", "--no-open", "--json"], home);
  atEnd(async () => {
    serve.kill("SIGINT");
    await serve.ended;
  });
  const [said] = (await once(serve.stdout!, "data")) as [Buffer];
  const link = new URL((JSON.parse(said.toString().split("\n")[0]) as { url: string }).url);
  const proxy = await startTcpProxy(Number(link.port));
  atEnd(() => proxy.close());
  const main = (await connectLocally(home))!;
  atEnd(() => main.close());
  const { services: actor } = main;

  const client = await letIn(link, proxy.port);
  atEnd(() => client.close());
  const window = new Window(client, training);
  await until("the first tick", 10_000, () => window.ticks.length > 0);
  await until("a trainer", 60_000, () => window.values.length > 0);
  await actor.runs.act({ run: old[0], action: "pause" });
  await until("a change", 5_000, () => window.told(old[0]) === 1);
  // The very last before the cut: where the client's cursor stands.
  await actor.runs.update({ run: old[0], pinned: true });
  await until("another", 5_000, () => window.told(old[0]) === 2);
  await window.hasRead();

  const before = { ticks: window.ticks.length, values: window.values.length, taken: proxy.taken };
  const cutAtMs = performance.now();
  proxy.cut(how);
  const changed = await changeRuns(actor, old.slice(1), cutAtMs + 1000 * seconds);
  const violations: string[] = [];
  const expect = (holds: boolean, otherwise: string): void => void (holds || violations.push(otherwise));
  expect(window.ticks.length === before.ticks, "something came through while the client was cut off");
  const history = openHistory({ home, readOnly: true });
  try {
    const entriesOf = (id: string) => history.ledger.of(id).length;
    const ledgerEntries = changed.reduce((sum, id) => sum + entriesOf(id), 0);
    const iterations = history.runs.get(training).iteration - before.values;
    proxy.heal();
    const healedAtMs = performance.now();
    await until("the client is told of every change", catchesUpWithinMs, () =>
      changed.every((id) => window.told(id) > 0),
    );
    await window.hasRead();
    const caughtUpMs = performance.now() - healedAtMs;

    // The last of it; without the pause the next run would start.
    await actor.queue.pause();
    await actor.runs.act({ run: training, action: "stop" });
    await until("the trainer has ended", 60_000, () => history.runs.get(training).endedMs !== undefined);
    await until("the client knows", 5_000, () => window.statusOf(training) === "cancelled");
    await sleep(1_000);
    await window.hasRead();

    for (const id of changed) expect(window.told(id) === 1, `${id} was told ${window.told(id)} times instead of once`);
    expect(window.told(old[0]) === 2, `${old[0]}, which changed before, was told ${window.told(old[0])} times`);
    const untouched = old.slice(1).filter((id) => !changed.includes(id));
    for (const id of untouched) expect(window.told(id) === 0, `${id} was told of and had not changed`);
    expect(
      window.ticks.every(({ reset }) => !reset),
      "the client was to read everything anew",
    );
    const sequences = window.ticks.map(({ cursor }) => cursor.sequence);
    expect(
      sequences.every((sequence, i) => i === 0 || sequence >= sequences[i - 1]),
      "the cursor went back",
    );
    expect(new Set(window.ticks.map(({ cursor }) => cursor.instance)).size === 1, "the cursor is of another main");
    expect(proxy.taken > before.taken, "the client did not connect again");
    violations.push(...window.violations);

    for (const id of [...changed, old[0]]) {
      const known = window.ledgerOf(id).map(({ type, timeMs }) => [type, timeMs]);
      const real = history.ledger.of(id).map(({ type, timeMs }) => [type, timeMs]);
      expect(
        isDeepStrictEqual(known, real),
        `${id}: the client knows ${known.length} of ${real.length} ledger entries`,
      );
      expect(window.statusOf(id) === history.runs.get(id).status, `${id} is ${window.statusOf(id)} to the client`);
    }
    const counted = timesCounted(eventsOf(home, training));
    const stored = [...history.series.read(training, "loss").values];
    expect(
      [...counted.values()].every((times) => times === 1),
      "the log has an iteration twice",
    );
    expect(window.values.length === counted.size, `${window.values.length} of ${counted.size} iterations arrived`);
    expect(isDeepStrictEqual(window.values, stored), "the losses that arrived are not those of the history");
    expect(iterations > 0 && ledgerEntries >= changed.length, "nothing happened while the client was cut off");
    return { violations, cutSeconds: seconds, changedRuns: changed.length, ledgerEntries, iterations, caughtUpMs };
  } finally {
    history.close();
  }
}

/** A workbench folder with one long run, which trains, and others that wait behind it. @returns their ids, it first */
async function prepare(home: string): Promise<string[]> {
  await openDataset(home, "shapes");
  const workbench = await openWorkbench({ home, cores: 1 });
  try {
    workbench.history.settings.update({ slots: 1, cores: 1 });
    const configs = smallRuns(1 + oldRuns, 64_000);
    const runs = await workbench.runs.add(configs.map((config) => ({ config, recipe: "quick", threads: 1 })));
    return runs.map(({ id }) => id);
  } finally {
    await workbench.close("the runs are queued");
  }
}

/** A window that has followed the link, and comes by the proxy. */
async function letIn(link: URL, port: number): Promise<RpcClient> {
  const cookie = await new Promise<string>((resolve, reject) => {
    request({ host: "127.0.0.1", port, path: link.pathname + link.search, agent: false }, (response) => {
      response.resume();
      resolve(String(response.headers["set-cookie"]).split(";")[0]);
    })
      .on("error", reject)
      .end();
  });
  const origin = `http://127.0.0.1:${port}`;
  const create = (url: string): globalThis.WebSocket => {
    const socket = new WebSocket(url, { origin, headers: { cookie } });
    // Of a connection that is refused; its close says so too.
    socket.on("error", () => {});
    return socket as unknown as globalThis.WebSocket;
  };
  return connectRpc(webSocketTransport(`ws://127.0.0.1:${port}/rpc`, { create }), { program: "test" });
}

/** Until `untilMs`: a new run, an old one paused, and both changed again. @returns those that something happened to */
async function changeRuns(actor: Services, old: readonly string[], untilMs: number): Promise<string[]> {
  const changed = new Set<string>();
  const grid = { recipe: "quick", families: ["plain"], depths: [8] } as const;
  for (let turn = 0; performance.now() < untilMs; turn++) {
    // Half of the old ones are left alone.
    const known = old[turn % Math.floor(old.length / 2)];
    const { status } = await actor.runs.show({ run: known });
    await actor.runs.act({ run: known, action: status === "paused" ? "resume" : "pause" });
    changed.add(known);
    if (turn % 2 === 0) {
      const [{ id }] = (await actor.queue.add({ grid: { ...grid, seeds: [1_000 + turn] } })).runs;
      for (const action of ["pause", "resume", "pause"] as const) await actor.runs.act({ run: id, action });
      changed.add(id);
    }
    await sleep(Math.min(changesEveryMs, Math.max(0, untilMs - performance.now())));
  }
  return [...changed];
}

/** What a window keeps: it reads what it is told has changed, and asks for a series from where it knows it. */
class Window {
  readonly ticks: Tick[] = [];
  /** Losses of the run that trains. */
  readonly values: number[] = [];
  readonly violations: string[] = [];
  readonly #client: RpcClient;
  readonly #training: string;
  readonly #told = new Map<string, number>();
  readonly #statuses = new Map<string, string>();
  readonly #ledgers = new Map<string, LedgerLine[]>();
  readonly #toRead = new Set<string>();
  #reading: Promise<void> | undefined;

  constructor(client: RpcClient, training: string) {
    this.#client = client;
    this.#training = training;
    client.watch((tick) => {
      this.ticks.push(tick);
      for (const id of tick.changed.runs) {
        this.#told.set(id, (this.#told.get(id) ?? 0) + 1);
        this.#toRead.add(id);
      }
      if (tick.live.length > 0) this.#toRead.add(training);
      this.#reading ??= this.#readAll()
        .catch((error: unknown) => void this.violations.push(String(error)))
        .finally(() => (this.#reading = undefined));
    });
  }

  /** How often a run was said to have changed. */
  told = (id: string): number => this.#told.get(id) ?? 0;
  statusOf = (id: string): string | undefined => this.#statuses.get(id);
  ledgerOf = (id: string): readonly LedgerLine[] => this.#ledgers.get(id) ?? [];

  async hasRead(): Promise<void> {
    while (this.#reading) await this.#reading;
  }

  async #readAll(): Promise<void> {
    while (this.#toRead.size > 0) {
      const [id] = this.#toRead;
      this.#toRead.delete(id);
      try {
        await this.#read(id);
      } catch (error) {
        // Cut off within the answer: again, when there is a connection.
        if ((error as { code?: string }).code !== "interrupted") throw error;
        this.#toRead.add(id);
        await sleep(100);
      }
    }
  }

  async #read(id: string): Promise<void> {
    const { services } = this.#client;
    const [run] = await services.runs.list({ ids: [id] });
    if (run) this.#statuses.set(id, run.status);
    const entries = await services.ledger.list({ run: id, most: 10_000 });
    const known = this.#ledgers.get(id) ?? [];
    if (!isDeepStrictEqual(entries.slice(0, known.length), known))
      this.violations.push(`${id}: the ledger has changed`);
    this.#ledgers.set(id, entries);
    if (id !== this.#training) return;
    const from = this.values.length;
    const { series } = await unpackPiece(await services.series.raw({ run: id, name: "loss", from }));
    if (series.values.length > 0 && series.from !== from)
      this.violations.push(`a piece from ${series.from}, not ${from}`);
    this.values.push(...series.values);
  }
}
