import { z } from "zod";
import type { Connection } from "./connection.ts";

/** Each setting: what it may be, and what it is where nobody has said. */
const schemas = {
  /** Which checkpoints of finished runs stay, and for how many days; null: for ever. */
  retention: z
    .strictObject({ keep: z.literal("best-and-last"), days: z.number().min(0).nullable() })
    .default({ keep: "best-and-last", days: null }),
  /** Trainers at once; null: as many as the scheduler sees fit. */
  slots: z.int().min(1).max(4096).nullable().default(null),
  /** Cores for all trainers together; null: all of the machine. */
  cores: z.int().min(1).max(4096).nullable().default(null),
  queuePaused: z.boolean().default(false),
  /** The example study and its runs, as they are called here; null where it is not open. */
  example: z
    .strictObject({ study: z.string(), runs: z.array(z.string()) })
    .nullable()
    .default(null),
} as const;

const settingsSchema = z.object(schemas);

export type SettingsValues = Readonly<z.infer<typeof settingsSchema>>;
export type RetentionSetting = SettingsValues["retention"];

export class Settings {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** A value that this program does not understand (an older or newer one wrote it) counts as not set. */
  get(): SettingsValues {
    const stored = this.#connection
      .all<{ name: string; value: string }>("SELECT name, value FROM settings")
      .filter(({ name }) => Object.hasOwn(schemas, name))
      .map(({ name, value }) => [name, JSON.parse(value) as unknown] as const)
      .filter(([name, value]) => schemas[name as keyof typeof schemas].safeParse(value).success);
    return settingsSchema.parse(Object.fromEntries(stored));
  }

  /** @throws ZodError where a value is not one that the setting may have */
  update(changes: Partial<SettingsValues>): SettingsValues {
    const parsed = settingsSchema.partial().parse(changes);
    return this.#connection.write("changing a setting", () => {
      for (const name of Object.keys(changes) as (keyof SettingsValues)[]) {
        this.#connection.run(
          "INSERT OR REPLACE INTO settings (name, value) VALUES (?, ?)",
          name,
          JSON.stringify(parsed[name]),
        );
      }
      return this.get();
    });
  }
}
