import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { RpcClient } from "../../src-renderer/state/rpcClient.ts";
import { procedures } from "../docs/contractPage.ts";
import { connect, startMain, ways, type ServedMain } from "./rpc.fixture.ts";
import { rows } from "./rpc.rows.ts";

it("each procedure of the contract has a row", () => {
  expect(Object.keys(rows).toSorted()).toEqual(procedures().map(({ path }) => path).toSorted()); // prettier-ignore
});

describe.each(ways)("over a %s", (way) => {
  let main: ServedMain;
  let client: RpcClient;
  beforeAll(async () => {
    main = await startMain();
    client = connect(main, way);
  });
  afterAll(() => main.close());

  it.each(Object.keys(rows))("%s", async (path) => {
    const row = rows[path];
    await row.check(await row.call(client.services, main), main);
    expect(main.faults).toEqual([]);
  });
});
