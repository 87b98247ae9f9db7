/**
 * A desktop entry that runs `command`. Quoted as the Desktop Entry Specification has it: first the argument's quotes, then
 * the string's backslashes; `%` begins a field code.
 */
export function autostartEntry(command: readonly string[]): string {
  const quoted = command.map((part) => `"${part.replace(/["`$\\]/g, "\\$&")}"`).join(" ");
  const exec = quoted.replaceAll("\\", "\\\\").replaceAll("%", "%%");
  return `[Desktop Entry]
Type=Application
Name=ResNet Workbench
Comment=Goes on with the queue after a restart
Exec=${exec}
Terminal=false
X-GNOME-Autostart-enabled=true
`;
}
