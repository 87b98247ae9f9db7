/** A data set that its authors publish as files at one address. */
export interface Download {
  readonly title: string;
  readonly baseUrl: string;
  /** Room on the disk for the files, what is unpacked of them, and the data set. */
  readonly needBytes: number;
  readonly files: readonly DownloadFile[];
}

export interface DownloadFile {
  readonly name: string;
  readonly md5: string;
  /** No more than this is ever fetched; the published file is smaller. */
  readonly mostBytes: number;
}

const cifarUrl = "https://www.cs.toronto.edu/~kriz/";
const MB = 1_000_000;

/** By the name that the data set gets. Checksums: the authors' pages, for Fashion-MNIST its README. */
export const downloads = {
  cifar10: {
    title: "CIFAR-10",
    baseUrl: cifarUrl,
    needBytes: 600 * MB,
    files: [{ name: "cifar-10-binary.tar.gz", md5: "c32a1d4ab5d03f1284b67883e8d87530", mostBytes: 200 * MB }],
  },
  cifar100: {
    title: "CIFAR-100",
    baseUrl: cifarUrl,
    needBytes: 600 * MB,
    files: [{ name: "cifar-100-binary.tar.gz", md5: "03b5dce01913d631647c71ecec9e9cb8", mostBytes: 200 * MB }],
  },
  "fashion-mnist": {
    title: "Fashion-MNIST",
    baseUrl: "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
    needBytes: 300 * MB,
    files: [
      { name: "train-images-idx3-ubyte.gz", md5: "8d4fb7e6c68d591d4c3dfef9ec88bf0d", mostBytes: 40 * MB },
      { name: "train-labels-idx1-ubyte.gz", md5: "25c81989df183df01b3e8a0aad5dffbe", mostBytes: 1 * MB },
      { name: "t10k-images-idx3-ubyte.gz", md5: "bef4ecab320f06d8554ea6380940ec79", mostBytes: 10 * MB },
      { name: "t10k-labels-idx1-ubyte.gz", md5: "bb300cfdad3c16e7a12a480ee83cd310", mostBytes: 1 * MB },
    ],
  },
} as const satisfies Record<string, Download>;

export type DownloadName = keyof typeof downloads;
export const isDownloadable = (name: string): name is DownloadName => Object.hasOwn(downloads, name);
