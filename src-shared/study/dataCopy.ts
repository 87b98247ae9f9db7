/** What is known of the data that a run was trained on, or would be. */
export interface DataFacts {
  readonly title: string;
  /** Whether it is, by checksum, what its authors published. */
  readonly original: boolean;
  readonly checksum: string;
}

export interface KnownCopy {
  /** What figures call it. */
  readonly label: string;
  readonly words: string;
}

/** Data sets that are not the original, and are known all the same: by the checksum of their four parts. */
const knownCopies: Readonly<Record<string, KnownCopy>> = {
  "040354b9a9504311cc1c026e5b98928b6b852e0f3a26ee4849f1d6c5e7b39f53": {
    label: "CIFAR-10 (JPEG copy)",
    words: "a JPEG copy of quality 75, whose pixels differ slightly",
  },
};

/** Undefined for the original, and for a copy that nobody has described. */
export const knownCopyOf = ({ original, checksum }: DataFacts): KnownCopy | undefined =>
  original ? undefined : knownCopies[checksum];

/** "CIFAR-10", "CIFAR-10 (JPEG copy)", "CIFAR-10 (not the original archive)" */
export const dataLabel = (facts: DataFacts): string => knownCopyOf(facts)?.label ?? facts.title;
