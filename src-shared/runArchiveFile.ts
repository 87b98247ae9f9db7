/**
 * The ending that systems associate with a run's archive: they see only what follows the last dot, and `.gz` of
 * `.rwb.tar.gz`, which is the same file under a name that says how to unpack it, belongs to others.
 */
export const runArchiveExtension = "rwbrun";

/** What an archive may be called where one is chosen. */
export const runArchiveExtensions = [runArchiveExtension, "gz", "tgz"] as const;

/** Whether a file that the system hands over is meant as a run's archive; what is in it is checked when it is imported. */
export const isRunArchiveName = (name: string): boolean => /\.(rwbrun|rwb\.tar\.gz)$/i.test(name);
