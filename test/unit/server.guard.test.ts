import { describe, expect, it } from "vitest";
import { allowedHostNames, asHostName, hostNameIn, isLoopback, reachableName } from "../../src-main/server/hostName.ts";
import { guard, type GuardedRequest } from "../../src-main/server/requestGuard.ts";
import { addressIn } from "../../src-main/server/routes.ts";

const local = allowedHostNames("127.0.0.1");
const base: GuardedRequest = {
  ...{ method: "GET", host: "127.0.0.1:4000", origin: undefined, isUpgrade: false },
  ...{ needsSession: true, hasSession: true },
};

it.each([
  ["127.0.0.1", true],
  ["localhost", true],
  ["::1", true],
  ["127.0.0.5", true],
  ["0.0.0.0", false],
  ["::", false],
  ["192.168.1.2", false],
  ["127.evil.example", false],
  ["my-machine", false],
])("served on %s, this machine alone is: %s", (host, expected) => {
  expect(isLoopback(asHostName(host))).toBe(expected);
});

describe("the guard", () => {
  const own = "http://127.0.0.1:4000";
  it.each<[string, Partial<GuardedRequest>, string | undefined]>([
    ["a page", {}, undefined],
    ["HEAD", { method: "HEAD" }, undefined],
    ["a page of its own asks", { origin: own }, undefined],
    ["POST from its own page", { method: "POST", origin: own }, undefined],
    ["an upgrade from its own page", { isUpgrade: true, origin: own }, undefined],
    ["localhost", { host: "localhost:4000" }, undefined],
    ["capitals", { host: "LocalHost:4000", origin: "http://localhost:4000" }, undefined],
    ["IPv6", { host: "[::1]:4000", origin: "http://[::1]:4000" }, undefined],
    ["ssh -L with another port", { host: "localhost:9999", origin: "http://localhost:9999" }, undefined],
    ["without a port, as browsers write port 80", { host: "127.0.0.1", origin: "http://127.0.0.1" }, undefined],
    ["no session", { hasSession: false }, "session"],
    ["no session, and none needed", { hasSession: false, needsSession: false }, undefined],
    // DNS rebinding
    ["another name", { host: "evil.example:4000" }, "host-foreign"],
    ["another name that begins like ours", { host: "127.0.0.1.evil.example:4000" }, "host-foreign"],
    ["another name that ends like ours", { host: "evil.localhost:4000" }, "host-foreign"],
    ["a name that resolvers take for ours", { host: "127.1:4000" }, "host-foreign"],
    ["our address as one number", { host: "2130706433" }, "host-foreign"],
    ["all addresses", { host: "0.0.0.0:4000" }, "host-foreign"],
    ["our name with a final dot", { host: "localhost.:4000" }, "host-foreign"],
    ["IPv6 of another machine", { host: "[fe80::1]:4000" }, "host-foreign"],
    ["IPv6 that maps ours", { host: "[::ffff:127.0.0.1]:4000" }, "host-foreign"],
    ["another name, though no session is needed", { host: "evil.example", needsSession: false }, "host-foreign"],
    ["no host", { host: undefined }, "host-invalid"],
    ["an empty host", { host: "" }, "host-invalid"],
    ["a user in the host", { host: "127.0.0.1@evil.example" }, "host-invalid"],
    ["a path in the host", { host: "127.0.0.1/evil.example" }, "host-invalid"],
    ["a port without a number", { host: "127.0.0.1:" }, "host-invalid"],
    ["a port that is none", { host: "127.0.0.1:99999" }, "host-invalid"],
    ["two hosts", { host: "127.0.0.1, evil.example" }, "host-invalid"],
    ["IPv6 without brackets", { host: "::1" }, "host-invalid"],
    // other sites, and other ports of this one
    ["another site", { origin: "http://evil.example" }, "origin-foreign"],
    ["another port of this machine", { origin: "http://127.0.0.1:4001" }, "origin-foreign"],
    ["another of our names", { origin: "http://localhost:4000" }, "origin-foreign"],
    ["https", { origin: "https://127.0.0.1:4000" }, "origin-foreign"],
    ["a file, a frame in a sandbox", { origin: "null" }, "origin-foreign"],
    ["an origin with more behind it", { origin: `${own}.evil.example` }, "origin-foreign"],
    ["an empty origin", { origin: "" }, "origin-foreign"],
    ["two origins", { origin: `${own}, http://evil.example` }, "origin-foreign"],
    ["an upgrade from another port", { isUpgrade: true, origin: "http://127.0.0.1:4001" }, "origin-foreign"],
    ["POST without origin", { method: "POST" }, "origin-missing"],
    ["POST without origin that brings another secret", { method: "POST", needsSession: false }, "origin-missing"],
    ["an upgrade without origin", { isUpgrade: true }, "origin-missing"],
    ["PUT", { method: "PUT", origin: own }, "method"],
    ["DELETE", { method: "DELETE", origin: own }, "method"],
    ["OPTIONS, as another site's page would ask first", { method: "OPTIONS", origin: "http://a.b" }, "origin-foreign"],
    ["a method in small letters", { method: "get" }, "method"],
  ])("%s", (_, request, code) => {
    expect(guard({ ...base, ...request }, local)?.code).toBe(code);
  });

  it("answers to the name that --host gave, and to those of this machine", () => {
    const names = allowedHostNames("gpu-box.example");
    for (const host of ["gpu-box.example:80", "GPU-box.example", "localhost:1"]) {
      expect(guard({ ...base, host }, names)).toBeUndefined();
    }
    expect(guard({ ...base, host: "other-box.example" }, names)?.code).toBe("host-foreign");
  });

  it("answers everywhere to addresses of this machine, and still to no stranger's name", () => {
    for (const wildcard of ["0.0.0.0", "[::]"]) {
      const names = allowedHostNames(wildcard);
      expect(names).toContain("127.0.0.1");
      expect(guard({ ...base, host: "evil.example" }, names)?.code).toBe("host-foreign");
      expect(reachableName(wildcard)).toBe("127.0.0.1");
    }
  });
});

it.each([
  ["127.0.0.1", "127.0.0.1"],
  ["::1", "[::1]"],
  ["[::1]", "[::1]"],
  ["0:0:0:0:0:0:0:1", "[::1]"],
  ["GPU-Box", "gpu-box"],
])("--host %s is %s in an address", (host, name) => {
  expect(asHostName(host)).toBe(name);
  expect(hostNameIn(`${asHostName(host)}:80`)).toBe(name);
});

it.each<[string | undefined, string | undefined]>([
  ["/", "/"],
  ["/a/b.js?c=d&e", "/a/b.js"],
  ["//evil.example/a", "//evil.example/a"],
  ["http://127.0.0.1/a", undefined],
  ["*", undefined],
  ["", undefined],
  [undefined, undefined],
  ["/\u00e9", undefined],
  ["/a\0b", undefined],
])("the target %j is the path %j", (url, path) => {
  expect(addressIn(url)?.path).toBe(path);
});
