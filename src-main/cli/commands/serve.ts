import { Command, InvalidArgumentError, Option } from "commander";
import type { BrowserShell, OpenedBrowser } from "../../server/index.ts";
import type { Workbench } from "../../workbench.ts";
import type { CommonOptions } from "../callServices.ts";
import { printJson, printLine, say } from "../output.ts";
import { onStopSignal } from "../../stopSignal.ts";

interface ServeOptions extends CommonOptions {
  readonly host?: string;
  readonly port?: number;
  readonly open: boolean;
  readonly installService?: boolean;
  readonly uninstallService?: boolean;
}

/** Mains that have the folder for long, by their purpose. */
const mainNames: Readonly<Record<string, string>> = {
  queue: "rwb queue run",
  desktop: "The workbench's own window",
};

export function serveCommand(): Command {
  return new Command("serve")
    .description("the workbench in the browser; trains what waits meanwhile")
    .option("--host <name>", "listen on this name or address (default: 127.0.0.1, this machine alone)")
    .option("--port <n>", "listen on this port (default: the one of last time, or any that is free)", portNumber)
    .option("--no-open", "open no browser; print a link instead")
    .addOption(
      new Option("--install-service", "write a systemd unit that serves this folder, and end").conflicts(
        "uninstallService",
      ),
    )
    .option("--uninstall-service", "remove that unit again, and end")
    .addHelpText(
      "after",
      `
A link lets one browser in, once, within a minute. While the workbench is alive the same command gives another one.
From another machine: ssh -L PORT:127.0.0.1:PORT MACHINE, and then the link there. With --host, what is sent can be read on the
network. Ctrl-C lets the trainers write a checkpoint and end; a second one ends at once.

Examples:
  rwb serve
  rwb serve --no-open --port 8080
  rwb serve --json
  rwb serve --install-service     goes on with the queue after a restart of the machine, without a login`,
    )
    .action(serve);
}

function portNumber(text: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65_535) throw new InvalidArgumentError("Expected a number from 0 to 65535.");
  return port;
}

async function serve(options: ServeOptions): Promise<void> {
  if (options.installService || options.uninstallService) {
    const { installService, uninstallService } = await import("../userService.ts");
    return options.installService ? installService(options) : uninstallService(options);
  }
  let workbench: Workbench | undefined;
  const stop = onStopSignal(
    (signal) => {
      const trains = (workbench?.queue.active.size ?? 0) > 0;
      say(`${signal}: ${trains ? "the trainers write a checkpoint and end. Once more ends at once." : "it ends."}`);
    },
    () => workbench?.queue.killTrainers(),
  );
  try {
    workbench = await openOrAsk(options);
    if (workbench !== undefined) await serveUntilTold(workbench, options, stop.told);
  } finally {
    await workbench?.close("the workbench ends");
    stop.dispose();
  }
}

/** The workbench in this process's hands; undefined where another one serves it, which has been asked for a link. */
async function openOrAsk(options: ServeOptions): Promise<Workbench | undefined> {
  const { WorkbenchError } = await import("../../../src-shared/errors.ts");
  const { workbenchHome } = await import("../../home.ts");
  const { reachWorkbench } = await import("../../rpc/connect.ts");
  const home = workbenchHome(options.home);
  const reached = await reachWorkbench(home, say);
  if (reached.kind === "own") return reached.workbench;
  const { purpose, processId } = reached.main;
  reached.main.close();
  if (purpose !== "serve") {
    const who = mainNames[purpose] ?? "Another command";
    throw new WorkbenchError("locked", `${who} (process ${processId}) works on ${home} and serves no browser.`, {
      mend: "Wait until it is done, or end it (its trainers write a checkpoint): rwb serve goes on with its queue.",
    });
  }
  const { requestLink } = await import("../../server/index.ts");
  printLink(await requestLink(home, processId), options, `The workbench is alive (process ${processId}):`);
  return undefined;
}

async function serveUntilTold(workbench: Workbench, options: ServeOptions, told: AbortSignal): Promise<void> {
  const { startBrowserShell } = await import("../../server/index.ts");
  const { listenLocally } = await import("../../rpc/localServer.ts");
  const { workWithEngine } = await import("../../workWithEngine.ts");
  const context = { workbench, purpose: "serve" } as const;
  const { host, port } = options;
  let shell: BrowserShell | undefined;
  let stopListening: (() => Promise<void>) | undefined;
  let browser: OpenedBrowser | undefined;
  try {
    shell = await startBrowserShell({ context, host, port, onNote: say });
    // After the shell: whoever finds this main alive may ask it for a link.
    stopListening = await listenLocally(context, say);
    browser = await invite(shell, options);
    await workWithEngine(workbench, told, say);
    if (!told.aborted) await new Promise((resolve) => told.addEventListener("abort", resolve, { once: true }));
    // Before the sockets: windows and commands may still cancel what writes its last checkpoint.
    await workbench.queue.close(String(told.reason));
  } finally {
    browser?.dispose();
    await stopListening?.();
    await shell?.close();
  }
}

async function invite(shell: BrowserShell, options: ServeOptions): Promise<OpenedBrowser | undefined> {
  if (options.host !== undefined) say(`What is sent to and from ${shell.origin} can be read on the network.`);
  // A program that asks for JSON opens its own browser.
  if (options.open && !options.json) {
    const { openInBrowser } = await import("../../server/index.ts");
    const browser = await openInBrowser(shell.link());
    if (browser.isOpen) {
      printLine(`The workbench is at ${shell.origin} and opens in the browser.`);
      say("If it does not: rwb serve --no-open in another terminal gives a link. Ctrl-C ends it.");
      return browser;
    }
  }
  printLink(shell.link(), options, `The workbench is at ${shell.origin}. To open it:`);
  say(`From another machine first: ssh -L ${shell.port}:127.0.0.1:${shell.port} THIS-MACHINE`);
  say("For another link: rwb serve in another terminal. Ctrl-C ends it.");
  return undefined;
}

function printLink(url: string, { json }: ServeOptions, text: string): void {
  if (json) return printJson({ url });
  printLine(text);
  printLine(`  ${url}`);
  say("The link is good for one browser, within a minute.");
}
