/** Puts a file that the window has made among the browser's downloads. */
export function saveText(name: string, type: string, text: string): void {
  const address = URL.createObjectURL(new Blob([text], { type }));
  follow(address, name);
  // The download has its own hold of it by then.
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}

/** The same for a file that main sends under an address of its own: "/archives/RUN". */
export const saveFrom = (address: string): void => follow(address, "");

function follow(address: string, name: string): void {
  const link = document.createElement("a");
  [link.href, link.download] = [address, name];
  document.body.append(link);
  link.click();
  link.remove();
}
