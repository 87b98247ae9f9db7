import type { Services } from "../../src-shared/contract/index.ts";
import { workbenchHome } from "../home.ts";
import { say } from "./output.ts";

/** Options that every command has (main.ts). */
export interface CommonOptions {
  readonly home?: string;
  readonly json?: boolean;
}

/** Calls the services of the command's workbench folder, in the main that is alive or in this process. */
export async function callServices<T>({ home }: CommonOptions, use: (services: Services) => Promise<T>): Promise<T> {
  const { withServices } = await import("../rpc/connect.ts");
  return withServices(workbenchHome(home), use, say);
}
