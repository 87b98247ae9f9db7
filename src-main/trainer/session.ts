import { rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import util from "node:util";
import type tfjs from "@tensorflow/tfjs-node-gpu";
import type { Precision } from "../../src-shared/runConfig.ts";
import { savedModelTag, serializeSavedModel } from "../compiler/graphDef.ts";
import type { Program, SignatureName } from "../compiler/program.ts";
import { engineEnvironment, ensureEngine, type EngineInfo } from "../engine/index.ts";
import { makeGraphFolder } from "./graphFolder.ts";

/** What a signature takes and gives: float32 or int32 arrays by name; shapes are the program's. */
export type Feeds = Readonly<Record<string, Float32Array | Int32Array>>;
export type Results = Readonly<Record<string, Float32Array>>;

/** A program on the engine: one TensorFlow session with its variables. Calls block until the step is done. */
export interface Session {
  readonly engine: EngineInfo;
  run(signature: SignatureName, feeds: Feeds): Results;
  /** Tensors alive on the JavaScript side; constant over a run. */
  numTensors(): number;
  close(): void;
}

type Tfjs = typeof tfjs;
let loaded: Promise<{ tf: Tfjs; engine: EngineInfo }> | undefined;

/**
 * Loads the engine once a process. TensorFlow reads its environment at that moment: a second session in the same
 * process keeps the first one's threads.
 * @throws WorkbenchError `engine-missing`, `engine-broken`
 */
async function loadEngine(settings: {
  lanes: number;
  precision: Precision;
}): Promise<{ tf: Tfjs; engine: EngineInfo }> {
  loaded ??= (async () => {
    const engine = await ensureEngine();
    Object.assign(process.env, engineEnvironment({ ...settings, device: engine.manifest.device }));
    // tfjs-node 4.22 calls two helpers that Node 23 took away.
    Object.assign(util, { isNullOrUndefined: (x: unknown) => x === null || x === undefined, isArray: Array.isArray });
    const tf = createRequire(import.meta.url)("@tensorflow/tfjs-node-gpu") as Tfjs;
    return { tf, engine };
  })();
  return loaded;
}

/** Compiles nothing, only loads: writes the program's SavedModel to a folder of its own for as long as loading takes. */
export async function openSession(
  program: Pick<Program, "graph" | "signatures">,
  settings: { lanes: number; precision: Precision },
): Promise<Session> {
  const { tf, engine } = await loadEngine(settings);
  const folder = makeGraphFolder();
  try {
    writeFileSync(path.join(folder, "saved_model.pb"), serializeSavedModel(program));
    const names = Object.keys(program.signatures) as SignatureName[];
    const models = new Map(
      await Promise.all(
        names.map(async (name) => [name, await tf.node.loadSavedModel(folder, [savedModelTag], name)] as const),
      ),
    );
    return {
      engine,
      run(name, feeds) {
        const { inputs } = program.signatures[name]!;
        const tensors = Object.fromEntries(
          Object.entries(inputs).map(([key, { node, output }]) => {
            const { dtype, shape } = node.outputs[output];
            return [key, tf.tensor(feeds[key], [...shape], dtype as "float32" | "int32")];
          }),
        );
        const outputs = models.get(name)!.predict(tensors) as Record<string, tfjs.Tensor>;
        const results = Object.fromEntries(
          Object.entries(outputs).map(([key, tensor]) => [key, tensor.dataSync<"float32">()]),
        );
        tf.dispose([tensors, outputs]);
        return results;
      },
      numTensors: () => tf.memory().numTensors,
      close: () => {
        for (const model of models.values()) model.dispose();
      },
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
