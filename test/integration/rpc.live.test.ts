import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { feedOf } from "../../src-main/rpc/live/liveFeed.ts";
import {
  connectRpc,
  webSocketTransport,
  type ConnectionState,
  type RpcClient,
} from "../../src-renderer/state/rpcClient.ts";
import type { Tick } from "../../src-shared/contract/index.ts";
import { connect, startMain, ways, type ServedMain } from "./rpc.fixture.ts";

let main: ServedMain;
beforeEach(async () => {
  main = await startMain();
});
afterEach(async () => {
  await main.close();
  expect(feedOf(main.workbench).listeners).toBe(0);
  expect(main.faults).toEqual([]);
});
const grid = { recipe: "quick", families: ["plain"], depths: [8], seeds: [1] } as const;

/** Every tick that a client is told, and how long until one is as it should be. */
function follow(client: RpcClient) {
  const ticks: Tick[] = [];
  const dispose = client.watch((tick) => ticks.push(tick));
  const until = async (holds: (ticks: readonly Tick[]) => boolean, limitMs = 5_000): Promise<number> => {
    const startMs = performance.now();
    while (!holds(ticks)) {
      if (performance.now() - startMs > limitMs) throw new Error(`still ${JSON.stringify(ticks)}`);
      await sleep(5);
    }
    return performance.now() - startMs;
  };
  /** How often each run was said to have changed. */
  const counts = () => {
    const count = new Map<string, number>();
    for (const id of ticks.flatMap(({ changed }) => changed.runs)) count.set(id, (count.get(id) ?? 0) + 1);
    return count;
  };
  return { ticks, dispose, until, counts };
}

const untilOpen = (client: RpcClient) => client.services.version();

describe("what changes", () => {
  it("is seen by two clients within a second, however they are connected", async () => {
    const clients = ways.map((way) => connect(main, way));
    const followers = clients.map(follow);
    for (const { until } of followers) await until((ticks) => ticks.length > 0);
    await clients[0].services.runs.update({ run: main.id, pinned: true });
    const took = followers.map(({ until }) => until((ticks) => ticks.some(({ changed }) => changed.runs.includes(main.id)))); // prettier-ignore
    for (const ms of await Promise.all(took)) expect(ms).toBeLessThan(1_000);
    // What no procedure did: the queue itself, here told by whoever shares this process.
    const [run] = (await clients[1].services.queue.add({ grid })).runs;
    for (const { until, counts } of followers) await until(() => counts().has(run.id), 1_000);
    main.workbench.queue.act(run.id, "pause");
    for (const { until, counts } of followers) await until(() => counts().get(run.id) === 2, 1_000);
  });

  it("of a run that trains is told while it trains, and at its end", async () => {
    const client = main.overSocket();
    const { ticks, until, counts } = follow(client);
    await until(() => ticks.length === 1);
    const set = ["training.iterations=60", "training.batchSize=16", "evaluation.everyIterations=30"];
    const [{ id }] = (await client.services.queue.add({ grid: { ...grid, set } })).runs;
    main.workbench.queue.work();
    await until(() => ticks.some(({ live: [run] }) => run?.id === id && run.iteration > 0), 30_000);
    const [run] = ticks.find(({ live: [first] }) => first?.iteration > 0)!.live;
    expect(run).toMatchObject({ id, loss: expect.any(Number) as number, accuracy: expect.any(Number) as number });
    await until(() => ticks.at(-1)!.live.length === 0 && !main.workbench.queue.active.has(id), 30_000);
    const [{ status, iteration }] = await client.services.runs.list({ ids: [id] });
    expect({ status, iteration }).toEqual({ status: "finished", iteration: 60 });
    // Added, starting, running, evaluated, finished; some of them may fall into one tick.
    expect(counts().get(id)).toBeGreaterThanOrEqual(3);
    const lastWithChange = ticks.findLast(({ changed }) => changed.runs.includes(id))!;
    expect(lastWithChange.live).toEqual([]);
  });

  it("comes at most four times a second, all of it", async () => {
    const client = main.overSocket();
    const { ticks, until, counts } = follow(client);
    await until(() => ticks.length === 1);
    const startMs = performance.now();
    for (let i = 0; i < 100; i++) {
      await client.services.runs.update({ run: main.id, notes: `note ${i}` });
      await sleep(10);
    }
    await sleep(400);
    expect(ticks.length - 1).toBeLessThanOrEqual(Math.ceil((performance.now() - startMs) / 250));
    expect(counts().get(main.id)).toBe(ticks.length - 1);
    expect((await client.services.runs.show({ run: main.id })).notes).toBe("note 99");
  });

  it("is neither lost nor told twice when a client was cut off for a while", async () => {
    const [client, other] = [main.overSocket(), main.overPort()];
    const states: ConnectionState["kind"][] = [client.state.kind];
    client.onState(({ kind }) => states.push(kind));
    const { ticks, until, counts } = follow(client);
    await until(() => ticks.length === 1);
    const [before] = (await other.services.queue.add({ grid })).runs;
    await until(() => counts().has(before.id));

    main.cutFor(2_500);
    await sleep(200);
    const during: string[] = [];
    for (let seed = 2; seed < 12; seed++) {
      const { runs } = await other.services.queue.add({ grid: { ...grid, seeds: [seed] } });
      during.push(runs[0].id);
      await other.services.runs.update({ run: runs[0].id, pinned: true });
      await sleep(100);
    }
    await until(() => counts().has(during[0]), 10_000);
    const [after] = (await other.services.queue.add({ grid: { ...grid, seeds: [99] } })).runs;
    await until(() => counts().has(after.id));
    expect(Object.fromEntries(counts())).toEqual(Object.fromEntries([before.id, ...during, after.id].map((id) => [id, 1]))); // prettier-ignore
    expect(ticks.every(({ reset }) => !reset)).toBe(true);
    expect(states.filter((kind, i) => kind !== states[i - 1])).toEqual(["connecting", "open", "lost", "open"]);
  });

  it("is to be read anew with the cursor of another main, or one that is too old", async () => {
    const { services } = main.overSocket();
    const first = async (cursor: Tick["cursor"]) => {
      for await (const tick of await services.live.watch({ cursor })) return tick;
      throw new Error("no tick");
    };
    const foreign = await first({ instance: "another", sequence: 1 });
    expect(foreign).toMatchObject({ reset: true, changed: { runs: [] } });
    expect((await first(foreign.cursor)).reset).toBe(false);
    expect((await first({ ...foreign.cursor, sequence: foreign.cursor.sequence + 1 })).reset).toBe(true);
    const ids = Array.from({ length: 1_500 }, (_, i) => `run-${i}`);
    feedOf(main.workbench).note({ runs: ids });
    expect((await first(foreign.cursor)).reset).toBe(true);
  });

  it("is told until the disposer is called, to each who listens", async () => {
    const client = main.overPort();
    const first = follow(client);
    await first.until((ticks) => ticks.length === 1);
    const second = follow(client);
    expect(second.ticks).toMatchObject([{ changed: { runs: [] } }]);
    expect(feedOf(main.workbench).listeners).toBe(1);
    first.dispose();
    await client.services.runs.update({ run: main.id, pinned: true });
    await second.until(() => second.counts().has(main.id));
    expect(first.counts().size).toBe(0);
    second.dispose();
    await sleep(100);
    expect(feedOf(main.workbench).listeners).toBe(0);
    expect((await client.services.queue.list()).paused).toBe(false);
  });
});

describe("while the connection is lost", () => {
  it("calls wait for it, or fail at once, or after a limit", async () => {
    const client = main.overSocket();
    await untilOpen(client);
    main.cutFor(1_500);
    while (client.state.kind === "open") await sleep(5);
    const failing = client.services.queue.list(undefined, { context: { whenLost: "fail" } });
    await expect(failing).rejects.toMatchObject({ code: "interrupted" });
    await expect(client.services.queue.list(undefined, { context: { limitMs: 50 } })).rejects.toMatchObject({
      code: "interrupted",
      mend: expect.stringContaining("") as string,
    });
    const ended = AbortSignal.timeout(50);
    await expect(client.services.queue.list(undefined, { signal: ended })).rejects.toThrow(/timeout/i);
    expect(await client.services.queue.list()).toMatchObject({ paused: false });
    expect(client.state).toMatchObject({ kind: "open", main: { purpose: "serve", processId: process.pid } });
  });

  it("though nobody says so, another is opened", async () => {
    const client = connectRpc(webSocketTransport(main.url), { program: "test", silentAfterMs: 400 });
    const { ticks, until, counts } = follow(client);
    await until(() => ticks.length === 1);
    const waiting = client.services.doctor.run();
    main.freeze();
    await expect(waiting).rejects.toMatchObject({ code: "interrupted" });
    await main.overPort().services.runs.update({ run: main.id, pinned: true });
    await until(() => counts().has(main.id), 3_000);
    expect(counts().get(main.id)).toBe(1);
    client.close();
  });

  it("calls and streams that were under way say so", async () => {
    const client = main.overSocket();
    const stream = await client.services.live.watch({});
    await stream.next();
    const waiting = stream.next();
    const calls = Array.from({ length: 20 }, () => client.services.doctor.run());
    await sleep(20);
    main.cutFor(100);
    for (const lost of [waiting, ...calls]) await expect(lost).rejects.toMatchObject({ code: "interrupted" });
    client.close();
    await expect(client.services.version()).rejects.toMatchObject({ code: "interrupted" });
  });
});
