/**
 * Installers of the desktop shell: `npm run package` (docs/desktop.md). Main alone is within the asar, which the fuses then
 * check: trainers are processes of plain Node, which reads sources and packages from real files only.
 */
import type { Configuration } from "electron-builder";
import { runArchiveExtension } from "./src-shared/runArchiveFile.ts";

/** Read by the plain Node that trainers and other children run on. */
const forTrainers = ["package.json", "src-main/**", "src-shared/**", "bin/lib/node-programs.json", "node_modules/**"];

/** Typed, and checked against electron-builder's own schema (test/unit/package.test.ts). */
const configuration: Configuration = {
  appId: "io.github.resnet-workbench",
  productName: "ResNet Workbench",
  copyright: "MIT License",
  directories: { output: "dist", buildResources: "resources/icons" },
  files: [
    ...["out/main/**", "out/preload/**", "out/renderer/**"],
    ...["package.json", "LICENSE", "src-main/**", "src-shared/**", "bin/lib/**", "resources/**"],
    ...["!src-main/electron/**", "!**/*.map", "!node_modules/@tensorflow/tfjs-node-gpu/lib/napi-v8{,/**}"],
  ],
  asar: true,
  asarUnpack: [...forTrainers, "resources/fonts/**"],
  // Its native packages are of Node-API, whose binaries Electron loads as they are: there is nothing to be rebuilt.
  npmRebuild: false,
  buildDependenciesFromSource: false,
  electronFuses: {
    runAsNode: false,
    enableCookieEncryption: true,
    enableNodeOptionsEnvironmentVariable: false,
    enableNodeCliInspectArguments: false,
    enableEmbeddedAsarIntegrityValidation: true,
    onlyLoadAppFromAsar: true,
    grantFileProtocolExtraPrivileges: false,
  },
  fileAssociations: [
    {
      ext: runArchiveExtension,
      name: "Archive of a run",
      description: "A run of ResNet Workbench, in one file",
      mimeType: "application/x-resnet-workbench-run",
      role: "Viewer",
    },
  ],
  artifactName: "${name}-${version}-${os}-${arch}.${ext}",
  publish: null,
  // A deb wants a site, and the project has none of its own: the paper that it is about.
  extraMetadata: { homepage: "https://arxiv.org/abs/1512.03385" },
  linux: {
    target: ["AppImage", "deb"],
    icon: "icon.png",
    category: "Science",
    synopsis: "Why do deeper plain networks train worse?",
    maintainer: "The authors of ResNet Workbench",
  },
  mac: {
    target: [{ target: "dmg", arch: ["arm64"] }],
    icon: "icon.icns",
    category: "public.app-category.education",
    hardenedRuntime: true,
    // No certificate is at hand: whoever has one signs and notarises.
    identity: null,
  },
  win: { target: ["nsis"], icon: "icon.ico" },
  nsis: {
    oneClick: false,
    perMachine: false,
    allowToChangeInstallationDirectory: true,
    deleteAppDataOnUninstall: false,
  },
};

export default configuration;
