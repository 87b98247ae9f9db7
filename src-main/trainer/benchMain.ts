import { bench, type BenchOptions } from "./bench.ts";

/** A process of its own for each thread count, since TensorFlow reads it once: options in by argument, result out by IPC. */
const result = await bench(JSON.parse(process.argv[2]) as BenchOptions);
process.send?.({ ...result, peakMemoryBytes: process.resourceUsage().maxRSS * 1024 });
process.disconnect();
