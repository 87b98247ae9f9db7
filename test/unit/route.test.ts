import { describe, expect, test } from "vitest";
import { hrefOf, parseRoute, type Route } from "../../src-renderer/state/route.ts";

const places: readonly (readonly [string, Route])[] = [
  ["#/queue", { view: "queue" }],
  ["#/new", { view: "new" }],
  ["#/new?recipe=paper", { view: "new", recipe: "paper" }],
  ["#/new?from=plain-20-s1-abcdef", { view: "new", from: "plain-20-s1-abcdef" }],
  ["#/runs", { view: "runs" }],
  ["#/runs?search=plain+56", { view: "runs", search: "plain 56" }],
  ["#/runs/plain-20-s1-abcdef", { view: "run", id: "plain-20-s1-abcdef", tab: "curves" }],
  [
    "#/runs/plain-20-s1-abcdef/confusion?at=1000",
    { view: "run", id: "plain-20-s1-abcdef", tab: "confusion", at: 1000 },
  ],
  ["#/runs/a%2Fb%3F/log", { view: "run", id: "a/b?", tab: "log" }],
  ["#/data", { view: "data" }],
  ["#/data/cifar10", { view: "data", name: "cifar10" }],
  ["#/data/cifar10?part=test&at=4711", { view: "data", name: "cifar10", part: "test", at: 4711 }],
  ["#/compare", { view: "compare" }],
  ["#/compare?study=my+study", { view: "compare", study: "my study" }],
  ["#/compare?runs=a,b&metric=speed", { view: "compare", query: "runs=a,b&metric=speed" }],
  ["#/compare/mine", { view: "compare", name: "mine" }],
  ["#/compare/my%20own?runs=", { view: "compare", name: "my own", query: "runs=" }],
  ["#/studies", { view: "studies" }],
  ["#/studies/course%20at%201-32", { view: "study", name: "course at 1-32" }],
  ["#/studies/report/error", { view: "study", name: "report", figure: "error" }],
  ["#/setup", { view: "setup" }],
];

describe("addresses that can be copied", () => {
  test.each(places)("%s", (address, route) => {
    expect(parseRoute(address)).toEqual(route);
    expect(hrefOf(route)).toBe(address);
  });

  test.each(["", "#", "#/"])("%j is the queue", (address) => expect(parseRoute(address)).toEqual({ view: "queue" }));

  test.each([
    "#/nowhere",
    "#/runs/a/b",
    "#/runs/",
    "#/runs/a/curves/x",
    "#/queue/x",
    "#/setup/x",
    "#/studies/",
    "#/studies/a/x",
    "#/studies/a/error/x",
    "#/data/a/b",
    "#/compare/a/b",
    "#/compare/",
    "#/%E0%A4%A",
  ])("%s is nowhere", (address) => expect(parseRoute(address)).toEqual({ view: "missing", address }));

  test("an evaluation that is no number is none", () => {
    expect(parseRoute("#/runs/a/confusion?at=x")).toEqual({ view: "run", id: "a", tab: "confusion" });
  });
});
