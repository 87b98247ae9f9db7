import { z } from "zod";
import { procedure } from "./procedure.ts";

/** Raised with every change after which an older side would misunderstand a newer one. */
export const contractVersion = 1;

const side = z.object({
  /** `contractVersion` */
  contract: z.int(),
  /** `contractHash`: of the whole contract's schemas. */
  hash: z.string().max(100).optional(),
  /** The program's version: "0.1.0+6d24ae7" */
  program: z.string().max(100),
});
export type ContractSide = z.infer<typeof side>;

/** `contract-mismatch`: window and main are of different versions and would misunderstand each other. */
export const mismatchSchema = z.object({ ours: side, theirs: side, mend: z.string() });

/**
 * The handshake; in every version it can be asked without an input and answers at least so. Who sends what it is itself is
 * refused with `contract-mismatch` where the two do not go together.
 */
export const versionProcedure = procedure
  .errors({ "contract-mismatch": { data: mismatchSchema } })
  .input(side.optional())
  .output(side.extend({ purpose: z.string(), processId: z.int() }));
