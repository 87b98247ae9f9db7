/** The browser shell: the window and its services over HTTP and WebSocket, for who has been let in. */
export { openInBrowser, type OpenedBrowser } from "./browserOpener.ts";
export { startBrowserShell, type BrowserShell, type BrowserShellOptions } from "./browserShell.ts";
export { requestLink } from "./linkRequest.ts";
