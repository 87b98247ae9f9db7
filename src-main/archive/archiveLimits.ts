/** What an archive may hold. The numbers are far beyond any run, and small enough that a lie about them does no harm. */
export interface ArchiveLimits {
  readonly manifestBytes: number;
  readonly configBytes: number;
  /** 64,000 iterations are about 7 MB. */
  readonly eventsBytes: number;
  /** 1,202 layers are 156 MB. Node reads no file of 2 GiB at once. */
  readonly checkpointBytes: number;
}

export const archiveLimits: ArchiveLimits = {
  manifestBytes: 4_000_000,
  configBytes: 1_000_000,
  eventsBytes: 400_000_000,
  checkpointBytes: 2_000_000_000,
};
