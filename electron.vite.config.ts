import { readFileSync } from "node:fs";
import path from "node:path";
import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "electron-vite";
import type { Plugin } from "vite";

const root = import.meta.dirname;
const { version } = JSON.parse(readFileSync(path.join(root, "package.json"), "utf8")) as { version: string };
const out = (name: string): string => path.join(root, "out", name);

/** How a module names files beside it; each is an expression of what stands for `import.meta.url`. */
const addresses: Readonly<Record<string, (source: string, url: string) => string>> = {
  "import.meta.url": (source, url) => `new URL(${source}, ${url}).href`,
  "import.meta.dirname": (source, url) =>
    `process.getBuiltinModule("url").fileURLToPath(new URL(${source} + "/..", ${url}))`,
  "import.meta.filename": (source, url) => `process.getBuiltinModule("url").fileURLToPath(new URL(${source}, ${url}))`,
};

/** In an installed application, real files: children are processes of plain Node, which knows nothing of an asar. */
const unpackedUrl = `import.meta.url.replace("/app.asar/", "/app.asar.unpacked/")`;

/** In main's modules they mean the sources, bundled or not: trainers and other children run those as they are. */
const sourceAddresses = (folder: string): Plugin => ({
  name: "source-addresses",
  transform(code, id) {
    if (!id.startsWith(path.join(root, "src-main")) || !code.includes("import.meta.")) return null;
    const source = JSON.stringify(path.relative(folder, id).split(path.sep).join("/"));
    // The shell's own files are read by Electron, which looks into an asar, and checks it.
    const url = id.startsWith(path.join(root, "src-main", "electron")) ? "import.meta.url" : unpackedUrl;
    return code.replace(/\bimport\.meta\.(url|dirname|filename)\b/g, (address) => addresses[address](source, url));
  },
});

export default defineConfig({
  main: {
    plugins: [sourceAddresses(out("main"))],
    build: {
      outDir: out("main"),
      rollupOptions: { input: { main: path.join(root, "src-main/electron/main.ts") } },
    },
  },
  preload: {
    build: {
      outDir: out("preload"),
      // A sandboxed preload cannot be a module.
      rollupOptions: {
        input: { preload: path.join(root, "src-main/electron/preload/preload.ts") },
        output: { format: "cjs", entryFileNames: "[name].cjs" },
      },
    },
  },
  renderer: {
    root: path.join(root, "src-renderer"),
    base: "./",
    define: { __PROGRAM_VERSION__: JSON.stringify(version) },
    publicDir: path.join(root, "resources/window"),
    plugins: [svelte({ configFile: path.join(root, "svelte.config.js") })],
    build: {
      outDir: out("renderer"),
      emptyOutDir: true,
      minify: true,
      // The content security policy lets in no fonts out of style sheets.
      assetsInlineLimit: 0,
      rollupOptions: { input: path.join(root, "src-renderer/index.html") },
    },
  },
});
