import type { DatasetContent, DatasetSink } from "../datasetWriter.ts";
import type { DatasetDescription } from "../preparedDataset.ts";
import { cifarFormats, cifarMembers, importCifar, type CifarFormat } from "./cifar.ts";
import { importIdx, isIdxFolder } from "./idx.ts";
import { importImageFolder, isImageFolder } from "./imageFolder.ts";
import type { ImportLimits } from "./importLimits.ts";
import type { SourceFolder } from "./sourceFolder.ts";
import { fashionMnistNames } from "./wellKnownNames.ts";

export type Source = DatasetDescription["source"];

export interface ImportContext {
  /** The name that the data set gets. */
  readonly name: string;
  /** Whether the folder came out of an archive that is, by checksum, its authors'; undefined where there was no archive. */
  readonly originalArchive: boolean | undefined;
  readonly limits: ImportLimits;
}

/** A way in which data sets are published, recognised by the files in a folder. */
export interface Format {
  readonly source: Source;
  recognises(folder: SourceFolder): boolean;
  import(folder: SourceFolder, sink: DatasetSink, context: ImportContext): Promise<DatasetContent>;
}

const cifar = (format: CifarFormat): Format => ({
  source: format.source,
  recognises: ({ names }) => names.includes(format.files[0].name),
  async import(folder, sink, { originalArchive, limits }) {
    const classes = await importCifar(format, folder, sink, limits);
    const content = { source: format.source, classes, title: format.title };
    if (originalArchive === true) return { ...content, original: true };
    const why =
      originalArchive === false
        ? `the archive's checksum is not that of ${format.archive}`
        : `only ${format.archive} can be told by its checksum, not files taken out of it`;
    return {
      ...content,
      title: `${format.title} (not the original archive)`,
      original: false,
      note: `Not the original archive: ${why}; pixels, order and labels may differ.`,
    };
  },
});

const idx: Format = {
  source: "fashion-mnist",
  recognises: isIdxFolder,
  async import(folder, sink, { name, limits }) {
    const original = await importIdx(folder, sink, limits);
    if (original) return { source: "fashion-mnist", title: "Fashion-MNIST", original, classes: [...fashionMnistNames] };
    // MNIST and its other heirs have the same files; only the user knows which it is.
    const named = name === "fashion-mnist";
    return {
      source: "fashion-mnist",
      title: named ? "Fashion-MNIST (not the original files)" : `${name} (idx files)`,
      original,
      note: "Not the original Fashion-MNIST: the files' checksums differ.",
      classes: named ? [...fashionMnistNames] : Array.from({ length: 10 }, (_, label) => String(label)),
    };
  },
};

const imageFolder: Format = {
  source: "image-folder",
  recognises: isImageFolder,
  async import(folder, sink, { name, limits }) {
    const { classes, leftOut } = await importImageFolder(folder, sink, limits);
    const note = leftOut === 0 ? {} : { note: `${leftOut} files that are no .jpg, .jpeg or .png were left out.` };
    return { source: "image-folder", title: `${name} (image folder)`, original: false, classes, ...note };
  },
};

/** The first that recognises a folder reads it. */
export const formats: readonly Format[] = [...cifarFormats.map(cifar), idx, imageFolder];

/** What is taken out of an archive, whichever format it turns out to be. */
export const archiveMembers = (limits: ImportLimits): ReadonlyMap<string, number> =>
  new Map(cifarFormats.flatMap((format) => cifarMembers(format, limits)));
