/** Puts a file that main has made among the browser's downloads; the desktop asks where to. */
export function saveBlob(name: string, blob: Blob): void {
  const link = document.createElement("a");
  [link.href, link.download] = [URL.createObjectURL(blob), name];
  document.body.append(link);
  link.click();
  link.remove();
  // The download has its own hold of it by then.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
