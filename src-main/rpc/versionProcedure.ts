import { contractHash, contractVersion, type ContractSide } from "../../src-shared/contract/index.ts";
import { codeVersion } from "../codeVersion.ts";
import { implementation } from "./implementation.ts";

/** Read once: what runs is what was there at the start, whatever is checked out meanwhile. */
const ours: ContractSide = { contract: contractVersion, hash: contractHash, program: codeVersion() };

export const versionProcedure = implementation.version.handler(({ context: { purpose }, input: theirs, errors }) => {
  const fits = theirs === undefined || (theirs.contract === ours.contract && (theirs.hash ?? ours.hash) === ours.hash);
  if (fits) return { ...ours, purpose, processId: process.pid };
  throw errors["contract-mismatch"]({
    message: `This window is of version ${theirs.program}, the workbench of ${ours.program}.`,
    data: { ours, theirs, mend: "Load the window again; if that does not help, end the workbench and start it anew." },
  });
});
