/** Whether the command palette, or the sheet of shortcuts, is open. */
class Panel {
  isOpen = $state(false);

  open(): void {
    this.isOpen = true;
  }
}

export const palette = new Panel();
export const shortcutSheet = new Panel();
