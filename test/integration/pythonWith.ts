import { execFileSync } from "node:child_process";

/** A Python that has these modules, or in words why there is none. */
export type PythonFound = { readonly python: string } | { readonly problem: string };

/** The one that `variable` names, otherwise `python3`. */
export function pythonWith(variable: string, modules: readonly string[]): PythonFound {
  const python = process.env[variable] ?? "python3";
  try {
    execFileSync(python, ["-c", `import ${modules.join(", ")}`], { stdio: "pipe", timeout: 120_000 });
    return { python };
  } catch (error) {
    const said =
      String((error as { stderr?: Buffer }).stderr ?? "")
        .trim()
        .split("\n")
        .at(-1) || (error as Error).message;
    return { problem: `${python}: ${said}; ${variable} may name a Python with ${modules.join(", ")}` };
  }
}
