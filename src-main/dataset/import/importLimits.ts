/** What the formats allow; tests pass small numbers so that thousands of imports take seconds. */
export interface ImportLimits {
  /** Records in each of CIFAR-10's six files; the format fixes it, so that a truncated file is noticed. */
  readonly cifar10BatchImages: number;
  readonly cifar100TrainImages: number;
  readonly cifar100TestImages: number;
  /** An idx file and an image folder say themselves how many images they have; this bounds what is believed. */
  readonly mostImages: number;
}

export const importLimits: ImportLimits = {
  cifar10BatchImages: 10_000,
  cifar100TrainImages: 50_000,
  cifar100TestImages: 10_000,
  mostImages: 2_000_000,
};
