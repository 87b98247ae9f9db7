import { writeFileSync } from "node:fs";

const variable = "RWB_DESKTOP_STARTED";

/** Tells `npm start` (bin/lib/desktop.mjs), by a file that it names, that Electron works here: it need not fall back. */
export function tellStarter(): void {
  const file = process.env[variable];
  delete process.env[variable];
  if (file !== undefined) writeFileSync(file, `${process.pid}\n`);
}
