import { beforeAll, expect, it } from "vitest";
import { faults } from "../faults/faults.ts";
import { strikeAll, type FaultRow } from "../faults/strikeAll.ts";

/**
 * Every kind of fault once, in its short form; `npm run faults` is the long one. Two at once, since they wait most of
 * their time. Two minutes on two quiet cores; with a load of 15 to 20 on them, ten.
 */
let rows: ReadonlyMap<string, FaultRow>;
beforeAll(async () => {
  const struck = await strikeAll(faults, { long: false, kills: 5, seed: 1, atOnce: 2 });
  rows = new Map(struck.map((row) => [row.name, row]));
}, 1_200_000);

it.for(faults.map(({ name, title }) => ({ name, title })))("$name: $title", ({ name }, { skip }) => {
  const { skipped, violations } = rows.get(name)!;
  skip(skipped !== undefined, skipped);
  expect(violations).toEqual([]);
});
