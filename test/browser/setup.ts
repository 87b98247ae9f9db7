import type { TestProject } from "vitest/node";
import { findOrInstallChromium } from "./chromium.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** A Chromium's program; or why there is none. */
    readonly chromium: { readonly program: string } | { readonly why: string };
  }
}

/** Before the end-to-end tests: finds a Chromium or installs one, and says which. */
export default async function setup({ provide }: TestProject): Promise<void> {
  const say = (text: string): void => void process.stderr.write(`Chromium: ${text}\n`);
  const found = await findOrInstallChromium(say);
  if ("program" in found) say(`${found.version} from ${found.from}, ${found.program}`);
  else say(`the end-to-end tests are SKIPPED: ${found.why}.`);
  provide("chromium", found);
}
