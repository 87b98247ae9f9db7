import { createHash } from "node:crypto";
import { existsSync, mkdirSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import writeFileAtomic from "write-file-atomic";
import { fileError, WorkbenchError } from "../../src-shared/errors.ts";
import { usualHome } from "../home.ts";
import { nodeProgram } from "../nodeProgram.ts";
import { serviceUnit } from "./serviceUnit.ts";

const main = fileURLToPath(new URL("../cli/main.ts", import.meta.url));
/** What a service would otherwise not know of: where the engine is. */
const keptVariables = ["RWB_ENGINE", "XDG_CACHE_HOME"];

/** A service of this user that serves a workbench folder, as a file. */
export interface UserService {
  readonly name: string;
  readonly file: string;
}

export interface ServiceOptions {
  readonly home: string;
  readonly host?: string | undefined;
  readonly port?: number | undefined;
}

/** The usual folder's has the plain name; every other's has a name of its own. @throws WorkbenchError `platform-unsupported` */
export function userServiceOf(home: string): UserService {
  if (process.platform !== "linux") {
    throw new WorkbenchError("platform-unsupported", "Only Linux has systemd.", {
      mend: "Where there is a screen, the workbench's own window starts at login: its Set-up has it.",
    });
  }
  const folder = path.join(process.env.XDG_CONFIG_HOME || path.join(os.homedir(), ".config"), "systemd", "user");
  const key = createHash("sha256").update(home).digest("hex").slice(0, 12);
  const name = `resnet-workbench${home === usualHome() ? "" : `-${key}`}.service`;
  return { name, file: path.join(folder, name) };
}

/** Writes the service, over an earlier one. @throws WorkbenchError `platform-unsupported`, `permission`, `disk-full` */
export function installUserService({ home, host, port }: ServiceOptions): UserService {
  const service = userServiceOf(home);
  const options = [
    ...(host === undefined ? [] : ["--host", host]),
    ...(port === undefined ? [] : ["--port", `${port}`]),
  ];
  const unit = serviceUnit({
    home,
    command: [
      ...[nodeProgram(), "--disable-warning=ExperimentalWarning", main],
      ...["serve", "--no-open", "--home", home, ...options],
    ],
    environment: Object.fromEntries(
      keptVariables.flatMap((name) => (process.env[name] ? [[name, path.resolve(process.env[name])]] : [])),
    ),
  });
  try {
    mkdirSync(path.dirname(service.file), { recursive: true });
    writeFileAtomic.sync(service.file, unit);
  } catch (error) {
    throw fileError(error, `writing ${service.file}`);
  }
  return service;
}

/** @returns whether there was one @throws WorkbenchError `platform-unsupported`, `permission` */
export function uninstallUserService(home: string): UserService & { readonly wasThere: boolean } {
  const service = userServiceOf(home);
  const wasThere = existsSync(service.file);
  try {
    rmSync(service.file, { force: true });
  } catch (error) {
    throw fileError(error, `removing ${service.file}`);
  }
  return { ...service, wasThere };
}
