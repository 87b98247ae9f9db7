/** The arrows between folders, as docs/architecture.md draws them; a wrong import fails `npm run check`. */
const only = (name, comment, from, to) => ({ name, comment, severity: "error", from, to });

module.exports = {
  forbidden: [
    only("no-circles", "two modules that need each other are one module, or need a third", {}, { circular: true }),
    only(
      "shared-is-pure",
      "src-shared runs in Node and in the browser: no Node, no DOM, no other folder",
      { path: "^src-shared/" },
      {
        // The cruiser leaves @orpc/contract unresolved.
        pathNot: "^(src-shared/|node_modules/(zod|echarts|fastest-levenshtein)/|@orpc/contract$)",
        dependencyTypesNot: ["type-only"],
      },
    ),
    only(
      "renderer-apart",
      "the renderer knows main only by the contract",
      { path: "^src-renderer/" },
      { path: "^src-main/" },
    ),
    only(
      "renderer-is-a-browser",
      "what the renderer imports runs in a browser: no builtin of Node",
      { path: "^src-renderer/" },
      { dependencyTypes: ["core"] },
    ),
    only(
      "tfjs-in-one-place",
      "only the session speaks to the engine; the compiler may have the protos",
      { path: "^src-main/", pathNot: "^src-main/trainer/session[.]ts$" },
      { path: "node_modules/@tensorflow/", pathNot: "/dist/proto/" },
    ),
    only(
      "compiler-is-pure",
      "the compiler takes data and returns data",
      { path: "^src-main/compiler/" },
      { path: "^src-main/", pathNot: "^src-main/compiler/" },
    ),
    only(
      "electron-in-one-place",
      "importing electron under plain Node tries to download it",
      { path: "^src-main/", pathNot: "^src-main/electron/" },
      { path: "node_modules/electron/" },
    ),
    only(
      "services-apart",
      "within src-main only the shells join services",
      { path: "^src-main/(dataset|engine|history)/" },
      { path: "^src-main/(trainer|runner|rpc|cli|server|electron|compiler)/" },
    ),
    only(
      "no-orphans",
      "a module that nobody reads",
      { orphan: true, pathNot: "[.](d[.]ts|c?js|mjs)$|[.]config[.]|^test/" },
      {},
    ),
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    tsConfig: { fileName: "tsconfig.json" },
    tsPreCompilationDeps: true,
    exclude: { path: "^(out|test/|src-renderer/paraglide/)" },
  },
};
