import type { CustomScheme } from "electron";

const scheme = "rwb";
const origin = `${scheme}://window`;

/** Where the window lies: a scheme of its own, so that it is an origin of its own, which `file:` is not. */
export const windowAddress = `${origin}/`;

export const windowScheme: CustomScheme = {
  scheme,
  privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true },
};

/** Whether something of that address is the window: its own document, whatever place (#) it is at. */
export const isWindowPage = (url: string): boolean => url === windowAddress || url.startsWith(`${windowAddress}#`);
