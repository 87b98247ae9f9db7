import path from "node:path";
import { pathToFileURL } from "node:url";

/** Before all tests: what is built (the window, the desktop shell) is built from the sources that there are. */
export default async function setup(): Promise<void> {
  const file = path.resolve(import.meta.dirname, "..", "bin", "lib", "window.mjs");
  const { buildWindow } = (await import(pathToFileURL(file).href)) as {
    buildWindow: () => Promise<{ code: number }>;
  };
  const { code } = await buildWindow();
  if (code !== 0) throw new Error("The window cannot be built; what the bundler says stands above.");
}
