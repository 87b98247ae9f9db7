import type { ContractRouterClient } from "@orpc/contract";
import { z } from "zod";
import { archiveContract } from "./archiveContract.ts";
import { procedure } from "./procedure.ts";
import { queueContract } from "./queueContract.ts";
import { runContract } from "./runContract.ts";
import { studyContract } from "./studyContract.ts";

/** Raised with every change after which an older side would misunderstand a newer one. */
export const contractVersion = 1;

/** What a main is there for: a command that works the queue, a shell with a window, or a command that is done soon. */
export const mainPurposes = ["queue", "serve", "command"] as const;
export type MainPurpose = (typeof mainPurposes)[number];

/**
 * The one contract between main and whoever uses it: the window over WebSocket or MessagePort, a command over the local
 * socket or in the same process. Foreseen failures are typed errors with a WorkbenchError's code, message and mend.
 */
export const contract = {
  /** The handshake; stays as it is in every version. */
  version: procedure.output(
    z.object({ contract: z.int(), program: z.string(), purpose: z.string(), processId: z.int() }),
  ),
  queue: queueContract,
  runs: runContract,
  studies: studyContract,
  archive: archiveContract,
};

export type Services = ContractRouterClient<typeof contract>;

export * from "./archiveContract.ts";
export * from "./choices.ts";
export * from "./gridSchema.ts";
export * from "./queueContract.ts";
export * from "./runContract.ts";
export * from "./runSchema.ts";
export * from "./studyContract.ts";
export { studyTemplates, templateNames, type TemplateName } from "./studyTemplates.ts";
