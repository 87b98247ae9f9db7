import { mkdirSync, readFileSync } from "node:fs";
import path from "node:path";
import writeFileAtomic from "write-file-atomic";
import { z } from "zod";
import { closeChoices } from "../../src-shared/contract/index.ts";
import { windowPlaceSchema } from "./windowPlace.ts";

const stateSchema = z.object({
  notifications: z.boolean().catch(true),
  whenClosed: z.enum(closeChoices).catch("ask"),
  place: windowPlaceSchema.optional().catch(undefined),
});
export type DesktopState = z.infer<typeof stateSchema>;

const fileName = "desktop.json";

/** What the desktop shell remembers of this folder's window, in its profile: a matter of this machine, not of the runs. */
export class DesktopFile {
  readonly #file: string;
  readonly #onFault: (text: string) => void;
  #state: DesktopState;

  /** @param profile the folder of the window's profile */
  constructor(profile: string, onFault: (text: string) => void) {
    this.#file = path.join(profile, fileName);
    this.#onFault = onFault;
    this.#state = read(this.#file);
  }

  get state(): DesktopState {
    return this.#state;
  }

  /** What cannot be written holds for this time at least. */
  change(changes: Partial<DesktopState>): void {
    this.#state = { ...this.#state, ...changes };
    try {
      mkdirSync(path.dirname(this.#file), { recursive: true });
      writeFileAtomic.sync(this.#file, `${JSON.stringify(this.#state, null, 2)}\n`);
    } catch (error) {
      this.#onFault(`The window's place and choices are not kept: ${(error as Error).message}`);
    }
  }
}

/** A file that is not there, or damaged, is one that says nothing. */
function read(file: string): DesktopState {
  try {
    return stateSchema.parse(JSON.parse(readFileSync(file, "utf8")));
  } catch {
    return stateSchema.parse({});
  }
}
