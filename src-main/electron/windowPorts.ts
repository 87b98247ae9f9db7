import { ipcMain, MessageChannelMain, type IpcMainEvent } from "electron";
import type { ServiceContext } from "../rpc/implementation.ts";
import { serveMessagePort } from "../rpc/serveMessagePort.ts";
import { isWindowPage } from "./windowAddress.ts";

/** As the preload has it (preload/preload.ts). */
const channel = "workbench-port";

/**
 * Gives the window a port to the services whenever it asks for one; one at a time, since it asks anew only when it has
 * lost the last.
 *
 * @param isWindow whether something is what the window shows, by its web contents' id
 * @returns what ends it, and with it the port that there is
 */
export function serveWindowPorts(
  context: ServiceContext,
  isWindow: (contentsId: number) => boolean,
  onFault: (text: string) => void,
): () => void {
  let closePort = (): void => {};
  const onAsked = ({ sender, senderFrame }: IpcMainEvent): void => {
    // Null where the frame has gone meanwhile; with a parent it is a frame within the page.
    if (senderFrame === null || senderFrame.parent !== null) return;
    if (!isWindow(sender.id) || !isWindowPage(senderFrame.url)) return;
    closePort();
    const { port1, port2 } = new MessageChannelMain();
    closePort = serveMessagePort(port1, context, onFault);
    senderFrame.postMessage(channel, null, [port2]);
  };
  ipcMain.on(channel, onAsked);
  return () => {
    ipcMain.off(channel, onAsked);
    closePort();
  };
}
