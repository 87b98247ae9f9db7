import { printJson, printLine, say } from "./output.ts";

interface Options {
  readonly home?: string;
  readonly host?: string;
  readonly port?: number;
  readonly json?: boolean;
}

/** Writes the service that serves the folder after every start of the machine, and says what starts it. */
export async function installService(options: Options): Promise<void> {
  const { installUserService } = await import("../server/userService.ts");
  const { workbenchHome } = await import("../home.ts");
  const home = workbenchHome(options.home);
  const { name, file } = installUserService({ home, host: options.host, port: options.port });
  // The first also starts it; without the second it would end with the session, and start with the next.
  const commands = [`systemctl --user enable --now ${name}`, "loginctl enable-linger"];
  if (options.json) return printJson({ service: name, file, commands });
  printLine(`Written: ${file}`);
  say(
    "It works the queue and serves the browser from the next start of the machine on, and after a crash. To start it:",
  );
  for (const command of commands) printLine(`  ${command}`);
  say(`A link for a browser: rwb serve --home ${home}. What it says: journalctl --user -u ${name}`);
}

export async function uninstallService(options: Options): Promise<void> {
  const { uninstallUserService } = await import("../server/userService.ts");
  const { workbenchHome } = await import("../home.ts");
  const { name, file, wasThere } = uninstallUserService(workbenchHome(options.home));
  const commands = wasThere ? [`systemctl --user disable --now ${name}`, "systemctl --user daemon-reload"] : [];
  if (options.json) return printJson({ service: name, file, wasThere, commands });
  if (!wasThere) return printLine(`There is no ${file}.`);
  printLine(`Removed: ${file}`);
  say("If it runs, it still does. To end it (its trainers write a checkpoint):");
  for (const command of commands) printLine(`  ${command}`);
}
