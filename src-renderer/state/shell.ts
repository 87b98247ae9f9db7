import { messagePortTransport, webSocketTransport, type Refusal, type Transport } from "./rpcClient.ts";

/** What the desktop shell's preload puts into the window; a browser has none. */
export interface DesktopShell {
  /** Asks main for a port; it arrives as a message of the window with `portMessage` and the port. */
  requestPort(): void;
  pathForFile(file: File): string;
}

declare global {
  interface Window {
    readonly workbenchShell?: DesktopShell;
  }
}

export const portMessage = "workbench-port";

export const desktopShell = (): DesktopShell | undefined => window.workbenchShell;

/** The desktop's way to main, or the browser's. */
export function shellTransport(): Transport {
  const shell = desktopShell();
  if (shell) return messagePortTransport((signal) => askForPort(shell, signal));
  const scheme = location.protocol === "https:" ? "wss:" : "ws:";
  return webSocketTransport(`${scheme}//${location.host}/rpc`, { whyRefused });
}

function askForPort(shell: DesktopShell, signal: AbortSignal): Promise<MessagePort> {
  return new Promise((resolve, reject) => {
    const onMessage = ({ source, data, ports }: MessageEvent): void => {
      if (source !== window || data !== portMessage || ports.length === 0) return;
      leave();
      resolve(ports[0]);
    };
    const onAbort = (): void => {
      leave();
      reject(signal.reason as Error);
    };
    const leave = (): void => {
      window.removeEventListener("message", onMessage);
      signal.removeEventListener("abort", onAbort);
    };
    window.addEventListener("message", onMessage);
    signal.addEventListener("abort", onAbort, { once: true });
    shell.requestPort();
  });
}

/** A WebSocket does not say why it was refused; a plain request does. */
async function whyRefused(): Promise<Refusal | undefined> {
  const answer = await fetch("/api/runs", { method: "HEAD", cache: "no-store" }).catch(() => undefined);
  if (answer?.status !== 401 && answer?.status !== 403) return undefined;
  return {
    code: "signed-out",
    message: "This browser is signed out of the workbench.",
    mend: "Open the link that `rwb serve` prints.",
  };
}
