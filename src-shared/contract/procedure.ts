import { oc } from "@orpc/contract";
import { z } from "zod";
import { errorCodes, type ErrorCode } from "../errors.ts";

/** A WorkbenchError on its way: its code is the oRPC error's code, its message the message, and what mends it is here. */
const errorData = z.strictObject({ mend: z.string().optional() });

/** What every procedure of the contract begins with: inputs and outputs are checked, foreseen failures are typed. */
export const procedure = oc.errors(
  Object.fromEntries(errorCodes.map((code) => [code, { data: errorData }])) as Record<
    ErrorCode,
    { data: typeof errorData }
  >,
);
