import { isIPv4, isIPv6 } from "node:net";
import os from "node:os";

const hostPattern = /^(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::(\d{1,5}))?$/;
const highestPort = 65_535;

/** Names that lead to this machine from this machine; `ssh -L` brings them with any port. */
export const loopbackNames: readonly string[] = ["127.0.0.1", "localhost", "[::1]"];
const wildcards: readonly string[] = ["0.0.0.0", "[::]"];

/** The name in a `Host` header, in small letters, IPv6 in brackets; undefined where it is none. */
export function hostNameIn(header: string | undefined): string | undefined {
  const [, name, port] = hostPattern.exec(header?.toLowerCase() ?? "") ?? [];
  return name === undefined || Number(port ?? 0) > highestPort ? undefined : name;
}

/** A host as `--host` names it, as it stands in an address. */
export function asHostName(host: string): string {
  const bare = host.replace(/^\[(.*)\]$/, "$1").toLowerCase();
  // The one way in which browsers write it: `0:0::1` is `[::1]`.
  return isIPv6(bare) ? new URL(`http://[${bare}]`).hostname : bare;
}

/** Whether nobody but this machine itself reaches a service that listens on `hostName`. */
export const isLoopback = (hostName: string): boolean =>
  loopbackNames.includes(hostName) || (isIPv4(hostName) && hostName.startsWith("127."));

/** As `listen` wants it. */
export const asAddress = (hostName: string): string => hostName.replace(/^\[(.*)\]$/, "$1");

/** The name under which a service that listens on `hostName` is found from its own machine. */
export const reachableName = (hostName: string): string => (wildcards.includes(hostName) ? "127.0.0.1" : hostName);

/**
 * Names that a `Host` header may have: those of this machine from itself, and the one that was asked for. A service that
 * listens everywhere answers to the machine's own name and addresses, and to no other name: a stranger's could be made to
 * lead here (DNS rebinding).
 */
export function allowedHostNames(hostName: string): ReadonlySet<string> {
  if (!wildcards.includes(hostName)) return new Set([...loopbackNames, hostName]);
  const addresses = Object.values(os.networkInterfaces()).flatMap((list) => list ?? []);
  return new Set([
    ...loopbackNames,
    os.hostname().toLowerCase(),
    ...addresses.map(({ address }) => asHostName(address)),
  ]);
}
