#!/usr/bin/env python3
"""Where a training step goes, by operation: TensorFlow's own trace of a SavedModel that saved-model.ts has written.

    node test/bench/saved-model.ts --precision bfloat16 --out FOLDER > sizes.json
    trace-step.py FOLDER sizes.json [LANES]

Needs Python's tensorflow-cpu 2.21 (the wheel that the engine is made from). Prints ms a step, the mean of three.
"""
import collections, json, os, sys

folder, sizes, lanes = sys.argv[1], json.load(open(sys.argv[2])), int(sys.argv[3]) if len(sys.argv) > 3 else 1
os.environ.update(TF_NUM_INTRAOP_THREADS="1", TF_NUM_INTEROP_THREADS=str(lanes), TF_CPP_MIN_LOG_LEVEL="2")
import numpy as np, tensorflow as tf

tf1, random, traced = tf.compat.v1, np.random.default_rng(0), 3
config = tf1.ConfigProto(intra_op_parallelism_threads=1, inter_op_parallelism_threads=lanes)
with tf1.Session(graph=tf.Graph(), config=config) as session:
    signatures = tf1.saved_model.loader.load(session, ["serve"], folder).signature_def

    def run(name, feeds, **how):
        signature = signatures[name]
        outputs = [output.name for output in signature.outputs.values()]
        return session.run(outputs, {signature.inputs[key].name: value for key, value in feeds.items()}, **how)

    weights = (random.standard_normal(sizes["weights"]) * 0.1).astype("f")
    run("restore", {"weights": weights, "momentum": np.zeros_like(weights), "averages": np.ones(sizes["averages"], "f")})
    batch = signatures["loadData"].inputs["images"].tensor_shape.dim[0].size
    run("loadData", {"images": random.standard_normal((batch, 32, 32, 3)).astype("f"), "labels": random.integers(0, 10, batch).astype("i")})
    step = {"learningRate": np.float32(0)}
    for _ in range(4): run("train", step)
    total = collections.Counter()
    for _ in range(traced):
        trace = tf1.RunMetadata()
        run("train", step, options=tf1.RunOptions(trace_level=tf1.RunOptions.FULL_TRACE), run_metadata=trace)
        for node in (node for device in trace.step_stats.dev_stats for node in device.node_stats):
            label = node.timeline_label
            op = label.split(" = ")[1].split("(")[0] if " = " in label else node.node_name
            total[op] += (node.op_end_rel_micros - node.op_start_rel_micros) / traced / 1e3
    for op, ms in total.most_common(12): print(f"{ms:8.2f} ms  {op}")
    print(f"{sum(total.values()):8.2f} ms  in all")
