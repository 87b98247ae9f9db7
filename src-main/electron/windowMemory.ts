import { screen, type BrowserWindow } from "electron";
import type { DesktopFile } from "./desktopFile.ts";
import { openingPlace, type OpeningPlace } from "./windowPlace.ts";

const keptAfterMs = 500;

/** Where the window of this folder opens, on the displays that there are now. */
export function rememberedPlace({ state }: DesktopFile): OpeningPlace {
  const primary = screen.getPrimaryDisplay();
  const others = screen.getAllDisplays().filter(({ id }) => id !== primary.id);
  return openingPlace(
    [primary, ...others].map(({ workArea }) => workArea),
    state.place,
  );
}

/** Keeps where the window is, once it has come to rest. */
export function rememberPlace(window: BrowserWindow, file: DesktopFile): void {
  let timer: NodeJS.Timeout | undefined;
  const keep = (): void => {
    clearTimeout(timer);
    if (window.isDestroyed() || window.isMinimized() || window.isFullScreen()) return;
    file.change({ place: { ...window.getNormalBounds(), isMaximized: window.isMaximized() } });
  };
  const keepSoon = (): void => {
    clearTimeout(timer);
    timer = setTimeout(keep, keptAfterMs);
  };
  window.on("resize", keepSoon);
  window.on("move", keepSoon);
  window.on("maximize", keepSoon);
  window.on("unmaximize", keepSoon);
  window.on("close", keep);
  window.on("closed", () => clearTimeout(timer));
}
