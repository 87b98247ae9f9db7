import { z } from "zod";
import { lesionSchema } from "../../src-shared/lesion.ts";
import { runStatuses } from "../../src-shared/runState.ts";
import type { LedgerEntry } from "../history/index.ts";
import { archiveInvalid } from "./archiveError.ts";
import type { ArchiveLimits } from "./archiveLimits.ts";

/**
 * An archive is a gzipped tar: `archive.json` first, then files of the run's folder under the names that they have there.
 * The log is carried as it is: series, evaluations and probes stand in it with all their digits, so an import reads it
 * like any other run's. No graph: a SavedModel can read files when it is loaded.
 */
export const manifestName = "archive.json";
export const memberNames = [
  "config.json",
  "events.ndjson",
  "checkpoints/last.safetensors",
  "checkpoints/best.safetensors",
] as const;
export type MemberName = (typeof memberNames)[number];

export const requiredMembers: readonly MemberName[] = ["config.json", "events.ndjson"];

export const archiveFormat = "resnet-workbench-run";
export const archiveVersion = 1;

export const mostLedgerEntries = 10_000;

const text = z.string().max(10_000);

/** What the workbench does to a run; the rest of a ledger is what its log says. */
const ledgerTypes = [
  "start",
  "started",
  "pause",
  "resume",
  "stop",
  "cancel",
  "retry",
  "finished",
  "diverged",
  "failed",
  "stopped",
  "lost",
  "trashed",
  "restored",
] as const satisfies readonly LedgerEntry["type"][];

export type LedgerType = (typeof ledgerTypes)[number];

const ledgerEntrySchema = z.strictObject({
  type: z.enum(ledgerTypes),
  timeMs: z.number(),
  iteration: z.int().optional(),
  detail: text.optional(),
});

const manifestSchema = z.strictObject({
  format: z.literal(archiveFormat),
  version: z.literal(archiveVersion),
  exportedAt: z.iso.datetime(),
  /** What the history knows of the run beyond its folder. */
  run: z.strictObject({
    id: z.string().min(1).max(200),
    status: z.enum(runStatuses),
    reason: text.optional(),
    deviations: z.array(text).max(1_000),
    codeVersion: z.string().max(200),
    tags: z.array(z.string().max(200)).max(1_000),
    notes: z.string().max(1_000_000),
    /** Names; the first archives had none. */
    studies: z.array(z.string().max(200)).max(1_000).default([]),
    createdMs: z.number(),
    startedMs: z.number().optional(),
    endedMs: z.number().optional(),
  }),
  ledger: z.array(ledgerEntrySchema).max(mostLedgerEntries),
  /** What was found when blocks were removed from its last network; archives of runs without it, and the first, have none. */
  lesion: lesionSchema.optional(),
  files: z.array(
    z.strictObject({
      name: z.enum(memberNames),
      bytes: z.int().min(0),
      sha256: z.string().regex(/^[0-9a-f]{64}$/),
    }),
  ),
});

export type Manifest = z.infer<typeof manifestSchema>;
export type Member = Manifest["files"][number];

/** @throws WorkbenchError `archive-invalid` */
export function parseManifest(json: string, limits: ArchiveLimits): Manifest {
  const value = parseJson(json);
  const { format, version } =
    z.object({ format: z.unknown(), version: z.unknown() }).partial().safeParse(value).data ?? {};
  if (format !== archiveFormat) throw archiveInvalid("is not one of a run of this workbench");
  if (version !== archiveVersion) {
    throw archiveInvalid(`is of version ${JSON.stringify(version)}; this program reads version ${archiveVersion}`);
  }
  const parsed = manifestSchema.safeParse(value);
  if (!parsed.success) throw archiveInvalid(`has a damaged ${manifestName}: ${z.prettifyError(parsed.error)}`);
  checkFiles(parsed.data.files, limits);
  return parsed.data;
}

function checkFiles(files: Manifest["files"], limits: ArchiveLimits): void {
  const names = files.map(({ name }) => name);
  if (new Set(names).size < names.length) throw archiveInvalid(`names a file twice in its ${manifestName}`);
  const missing = requiredMembers.find((name) => !names.includes(name));
  if (missing) throw archiveInvalid(`lacks ${missing}`);
  for (const { name, bytes } of files) {
    const most = mostBytes(name, limits);
    if (bytes > most) throw archiveInvalid(`says that ${name} has ${bytes} bytes; at most ${most} are taken`);
  }
}

export function mostBytes(name: MemberName, limits: ArchiveLimits): number {
  switch (name) {
    case "config.json":
      return limits.configBytes;
    case "events.ndjson":
      return limits.eventsBytes;
    case "checkpoints/last.safetensors":
    case "checkpoints/best.safetensors":
      return limits.checkpointBytes;
  }
}

function parseJson(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch (cause) {
    throw archiveInvalid(`has an ${manifestName} that is not JSON`, cause);
  }
}
