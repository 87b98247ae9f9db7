/** The engine: TensorFlow's libraries and tfjs-node's addon, fetched and built once a machine (docs/engine.md). */
export { engineCacheFolder } from "./cacheFolder.ts";
export { describeDevices } from "./devices.ts";
export { ensureEngine } from "./ensure.ts";
export { engineEnvironment } from "./environment.ts";
export { linkEngine } from "./link.ts";
export { locateEngine } from "./locate.ts";
export type { EngineInfo } from "./manifest.ts";
export type { Device } from "./platform.ts";
