import type { MakeBatch } from "./dataSource.ts";
import { forward, meanLoss, sparseLosses } from "./loss.ts";
import { typeOf, type Value } from "./node.ts";
import { largestDivisor, probeBatch, type ProgramParts, type Signature } from "./programParts.ts";
import type { State } from "./stateVariables.ts";
import { flatGradient } from "./trainStep.ts";

export function evaluation(parts: ProgramParts, state: State, batch: MakeBatch, size: number): Signature {
  const { graph, options } = parts;
  const indices = graph.batchPlaceholder("evaluate/indices", options.lanes, "int32", size);
  const { images, labels } = batch(indices);
  const { logits } = forward(parts, state, images, false, "evaluate");
  return { inputs: { indices }, outputs: { logits, losses: sparseLosses(parts, logits, labels) } };
}

export function responseProbe(
  parts: ProgramParts,
  state: State,
  batch: MakeBatch,
): { signature: Signature; layers: readonly string[] } {
  const { graph } = parts;
  const indices = probeIndices(parts, "probeResponses/indices");
  const { responses } = forward(parts, state, batch(indices).images, false, "probe");
  const moments = responses.flatMap(({ value }) => {
    const x = typeOf(value).dtype === "float32" ? value : graph.add("Cast", [value], { to: "float32" });
    const { shape } = typeOf(x);
    const share = graph.scalar(1 / shape.reduce((a, b) => a * b, 1), "probe/share");
    const mean = (y: Value) => graph.add("Mul", [graph.add("Sum", [y], { axes: [0, 1, 2, 3] }), share], {});
    const centre = mean(x);
    const variance = mean(graph.add("Square", [graph.add("Sub", [x, centre], {})], {}));
    return [centre, variance].map((moment) => graph.add("Reshape", [moment], { shape: [1] }));
  });
  const all = graph.add(
    "Reshape",
    [graph.add("ConcatV2", moments, {})],
    { shape: [responses.length, 2] },
    { name: "probeResponses/moments" },
  );
  return {
    signature: { inputs: { indices }, outputs: { moments: all } },
    layers: responses.map(({ layer }) => layer),
  };
}

export function gradientProbe(parts: ProgramParts, state: State, batch: MakeBatch): Signature {
  const indices = probeIndices(parts, "probeGradients/indices");
  const { images, labels } = batch(indices);
  const loss = meanLoss(parts, forward(parts, state, images, true, "probe"), labels);
  return { inputs: { indices }, outputs: { gradient: flatGradient(parts, state, loss) } };
}

/** int32 [probeBatch], its rows in as many lanes as divide it. */
const probeIndices = ({ graph, options }: ProgramParts, name: string): Value =>
  graph.batchPlaceholder(name, largestDivisor(probeBatch, options.lanes), "int32", probeBatch);
