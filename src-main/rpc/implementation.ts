import { implement } from "@orpc/server";
import { contract, type MainPurpose } from "../../src-shared/contract/index.ts";
import type { Workbench } from "../workbench.ts";
import type { DesktopHost } from "./desktopHost.ts";
import { toWireError } from "./wireErrors.ts";

export interface ServiceContext {
  readonly workbench: Workbench;
  readonly purpose: MainPurpose;
  /** A browser that has been let in, and from where it may have come; undefined for a command and a window of this machine. */
  readonly browser?: "of this machine" | "of any machine";
  /** The desktop shell, for its own window alone. */
  readonly desktop?: DesktopHost;
}

/** The contract with what all its procedures share: a workbench to work on, and errors as they travel. */
export const implementation = implement(contract)
  .$context<ServiceContext>()
  .use(async ({ next }) => {
    try {
      return await next();
    } catch (error) {
      throw toWireError(error);
    }
  });

/** What a run's trainer says at this moment, where it has one. */
export const liveOf = ({ queue }: Workbench, id: string) => queue.active.get(id)?.live;
