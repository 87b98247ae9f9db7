import { app, session, shell, type WebContents } from "electron";
import { isWindowPage } from "./windowAddress.ts";

/** What the window may ask the system for: to copy what a person has chosen to copy. */
const permitted: readonly string[] = ["clipboard-sanitized-write"];

/** Sites that the window's own texts lead to; they open in the system's browser. */
const externalHosts: readonly string[] = ["arxiv.org", "doi.org", "github.com", "www.cs.toronto.edu"];

const isExternal = (url: string): boolean => {
  const { protocol, hostname, username, port } = URL.parse(url) ?? {};
  return protocol === "https:" && username === "" && port === "" && externalHosts.includes(hostname ?? "");
};

/**
 * The window stays where it is: whatever is made of web contents may go nowhere, open nothing, embed nothing and ask for
 * nothing. To be called once, before there is a window.
 */
export function guardWindows(): void {
  app.on("web-contents-created", (_, contents) => guardContents(contents));
  const { defaultSession } = session;
  defaultSession.setPermissionRequestHandler((_, permission, answer) => answer(permitted.includes(permission)));
  defaultSession.setPermissionCheckHandler((_, permission) => permitted.includes(permission));
  defaultSession.setDevicePermissionHandler(() => false);
}

function guardContents(contents: WebContents): void {
  contents.on("will-frame-navigate", (event) => {
    // A reload is a navigation as well.
    if (!event.isMainFrame || !isWindowPage(event.url)) event.preventDefault();
  });
  contents.on("will-redirect", (event) => event.preventDefault());
  contents.on("will-attach-webview", (event) => event.preventDefault());
  contents.setWindowOpenHandler(({ url }) => {
    if (isExternal(url)) void shell.openExternal(url);
    return { action: "deny" };
  });
}
