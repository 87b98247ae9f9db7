import { eventIterator } from "@orpc/contract";
import { z } from "zod";
import { procedure } from "./procedure.ts";
import { reportNameSchema } from "./reportContract.ts";

/** Files that a system's dialog asks for: to be read, and to be written. */
export const openPurposes = ["archive", "dataset-archive", "dataset-folder"] as const;
export type OpenPurpose = (typeof openPurposes)[number];
export const savePurposes = ["archive", "csv", "figure"] as const;
export type SavePurpose = (typeof savePurposes)[number];

/** What becomes of the queue when the window is closed while it trains. */
export const closeChoices = ["ask", "tray", "quit"] as const;
export type CloseChoice = (typeof closeChoices)[number];

export const desktopChoicesSchema = z.strictObject({
  notifications: z.boolean(),
  whenClosed: z.enum(closeChoices),
  /** Null where this system has no such thing. */
  startAtLogin: z.boolean().nullable(),
});
export type DesktopChoices = z.infer<typeof desktopChoicesSchema>;

/** What the system, a menu or a notification asks of the window. */
export const desktopRequestSchema = z.discriminatedUnion("type", [
  /** To go to a place: "#/runs/ID". */
  z.strictObject({ type: z.literal("go"), hash: z.string() }),
  /** To take up something of this machine, by its absolute path. */
  z.strictObject({ type: z.literal("open"), what: z.enum(openPurposes), path: z.string() }),
]);
export type DesktopRequest = z.infer<typeof desktopRequestSchema>;

const chosen = z.strictObject({
  /** Absolute; null where the person has cancelled. */
  path: z.string().nullable(),
});

/** All throw `usage` where main has no window of its own, as for a browser or a command. */
export const desktopContract = {
  /** The system's own dialog for something to be read. */
  openFile: procedure.input(z.strictObject({ purpose: z.enum(openPurposes) })).output(chosen),
  /** The system's own dialog for a file to be written; it asks before one is replaced. */
  saveFile: procedure
    .input(z.strictObject({ purpose: z.enum(savePurposes), name: z.string().min(1).max(255) }))
    .output(chosen),
  /** A report of the queue, in the system's own browser. Throws `report-unknown`. */
  openReport: procedure
    .input(z.strictObject({ name: reportNameSchema }))
    .output(z.strictObject({ name: reportNameSchema })),
  choices: procedure.output(desktopChoicesSchema),
  /** What is not named stays. */
  choose: procedure.input(desktopChoicesSchema.partial()).output(desktopChoicesSchema),
  /** Each once, also those of before; to one window, the newest that asked. */
  requests: procedure.output(eventIterator(desktopRequestSchema)),
};
