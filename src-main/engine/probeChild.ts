import { createRequire } from "node:module";
import { z } from "zod";

/** What the process that tries an engine says of it, as one line of JSON on its standard output. */
export const probeResult = z.object({
  /** the library's own version */
  tensorflow: z.string(),
  /** of [[1, 2], [3, 4]] with itself, row by row */
  product: z.array(z.number()),
  usesGpu: z.boolean(),
  /** files mapped into the process whose names say TensorFlow; empty where there is no /proc */
  mapped: z.array(z.string()),
});

/** The part of tfjs-node's addon that is used here: TensorFlow's eager interface. */
interface Addon {
  readonly TF_Version: string;
  readonly TF_FLOAT: number;
  readonly TF_ATTR_BOOL: number;
  readonly TF_ATTR_TYPE: number;
  createTensor(shape: number[], dtype: number, values: Float32Array): number;
  executeOp(op: string, attributes: unknown[], inputs: number[], outputs: number): { id: number }[];
  tensorDataSync(id: number): Float32Array;
  isUsingGpuDevice(): boolean;
}

/** Run as a program: loads the addon named in its argument and multiplies two matrices. */
if (process.argv[1] === import.meta.filename) {
  const { existsSync, readFileSync } = await import("node:fs");
  const addon = createRequire(import.meta.url)(process.argv[2]) as Addon;
  const matrix = addon.createTensor([2, 2], addon.TF_FLOAT, new Float32Array([1, 2, 3, 4]));
  const attributes = [
    { name: "transpose_a", type: addon.TF_ATTR_BOOL, value: false },
    { name: "transpose_b", type: addon.TF_ATTR_BOOL, value: false },
    { name: "T", type: addon.TF_ATTR_TYPE, value: addon.TF_FLOAT },
  ];
  const [product] = addon.executeOp("MatMul", attributes, [matrix, matrix], 1);
  const maps = existsSync("/proc/self/maps") ? readFileSync("/proc/self/maps", "utf8") : "";
  const files = maps.split("\n").map((line) => line.slice(line.indexOf("/")));
  const result: z.infer<typeof probeResult> = {
    tensorflow: addon.TF_Version,
    product: [...addon.tensorDataSync(product.id)],
    usesGpu: addon.isUsingGpuDevice(),
    mapped: [...new Set(files.filter((file) => /libtensorflow|tfjs_binding/.test(file)))],
  };
  process.stdout.write(`${JSON.stringify(result)}\n`);
}
