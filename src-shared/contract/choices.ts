/** Words of the contract that people choose from; apart from it, so that a command's help needs none of the rest. */

/** Checkpoints of a run, that a fork can begin with or an image be shown to. */
export const forkSources = ["last", "previous", "best"] as const;

export const archiveFormats = ["archive", "csv", "tensorboard"] as const;
