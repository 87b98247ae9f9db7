import { describe, expect, test } from "vitest";
import {
  describeArchitecture,
  elementCount,
  fanIn,
  isTrainable,
  networkTensors,
  parameterCount,
} from "../../src-shared/architecture.ts";
import type { NetworkConfig } from "../../src-shared/runConfig.ts";

type Network = Pick<NetworkConfig, "family" | "depth" | "width" | "shortcut">;
const network = (family: Network["family"], depth: number, shortcut: Network["shortcut"], width = 16): Network => ({
  family,
  depth,
  width,
  shortcut,
});
const namesOf = (spec: Network) => networkTensors(describeArchitecture(spec, 10)).map(({ name }) => name);

describe("trainable parameters (He et al. 2016, Table 6: 0.27, 0.46, 0.66, 0.85, 1.7 and 19.4 million)", () => {
  const counts: [number, number][] = [[20, 269_722], [32, 464_154], [44, 658_586], [56, 853_018], [110, 1_727_962], [1202, 19_421_274]]; // prettier-ignore
  test.for(counts)("depth %i: %i", ([depth, count]) => {
    const parameters = (family: Network["family"], shortcut: Network["shortcut"]) =>
      parameterCount(describeArchitecture(network(family, depth, shortcut), 10));
    expect(parameters("residual", "none")).toBe(count);
    expect(parameters("residual", "zero-pad")).toBe(count);
    expect(parameters("residual", "projection")).toBe(count + 2_752);
    for (const shortcut of ["none", "zero-pad", "projection"] as const)
      expect(parameters("plain", shortcut)).toBe(count);
  });

  test("100 classes add 90 columns and 90 biases", () => {
    const of = (classes: number) => parameterCount(describeArchitecture(network("plain", 20, "none"), classes));
    expect(of(100) - of(10)).toBe(90 * 64 + 90);
  });
});

describe("tensors", () => {
  test("names, in the order of the forward pass", () => {
    const bn = (name: string) => ["gamma", "beta", "mean", "variance"].map((part) => `${name}.${part}`);
    const block = (name: string) => [
      `${name}.conv1.kernel`,
      ...bn(`${name}.bn1`),
      `${name}.conv2.kernel`,
      ...bn(`${name}.bn2`),
    ];
    const shortcut = (name: string) => [`${name}.shortcut.conv.kernel`, ...bn(`${name}.shortcut.bn`)];
    const expected = (projects: boolean) => [
      "stem.conv.kernel",
      ...bn("stem.bn"),
      ...[1, 2, 3].flatMap((stage) => [
        ...block(`stage${stage}.block1`),
        ...(projects && stage > 1 ? shortcut(`stage${stage}.block1`) : []),
        ...block(`stage${stage}.block2`),
      ]),
      "head.kernel",
      "head.bias",
    ];
    expect(namesOf(network("residual", 14, "projection"))).toEqual(expected(true));
    for (const kind of ["none", "zero-pad"] as const)
      expect(namesOf(network("residual", 14, kind))).toEqual(expected(false));
    expect(namesOf(network("plain", 14, "projection"))).toEqual(expected(false));
  });

  test("shapes: kernels HWIO, the head [in, classes]", () => {
    const tensors = networkTensors(describeArchitecture(network("residual", 8, "projection", 4), 7));
    const shapes = Object.fromEntries(tensors.map(({ name, shape }) => [name, shape]));
    expect(shapes).toMatchObject({
      "stem.conv.kernel": [3, 3, 3, 4],
      "stage1.block1.conv1.kernel": [3, 3, 4, 4],
      "stage2.block1.conv1.kernel": [3, 3, 4, 8],
      "stage2.block1.conv2.kernel": [3, 3, 8, 8],
      "stage2.block1.shortcut.conv.kernel": [1, 1, 4, 8],
      "stage3.block1.shortcut.bn.variance": [16],
      "head.kernel": [16, 7],
      "head.bias": [7],
    });
  });

  test("every name once, a role each, only running averages are not trained", () => {
    const tensors = networkTensors(describeArchitecture(network("residual", 110, "projection"), 10));
    expect(new Set(tensors.map(({ name }) => name)).size).toBe(tensors.length);
    for (const tensor of tensors) {
      expect(tensor.name.endsWith(`.${tensor.role}`)).toBe(true);
      expect(isTrainable(tensor)).toBe(!/\.(mean|variance)$/.test(tensor.name));
    }
  });

  test("fan-in of a kernel: height x width x input channels", () => {
    const [stem] = networkTensors(describeArchitecture(network("plain", 8, "none"), 10));
    expect(fanIn(stem)).toBe(27);
    expect(fanIn({ name: "head.kernel", shape: [64, 10], role: "kernel" })).toBe(64);
    expect(elementCount([])).toBe(1);
  });
});

describe("blocks", () => {
  test("6n + 2 layers: a stem, three stages of n blocks of two, a head", () => {
    for (let n = 1; n <= 200; n += 13) {
      const { blocks } = describeArchitecture(network("residual", 6 * n + 2, "none", 1), 10);
      expect(1 + 2 * blocks.length + 1).toBe(6 * n + 2);
      expect(blocks.map(({ name }) => name)).toEqual(
        [1, 2, 3].flatMap((stage) => Array.from({ length: n }, (_, i) => `stage${stage}.block${i + 1}`)),
      );
    }
  });

  test("only the first blocks of stages 2 and 3 change the size, and only they have the shortcut that was asked for", () => {
    for (const shortcut of ["none", "zero-pad", "projection"] as const) {
      const { blocks } = describeArchitecture(network("residual", 14, shortcut), 10);
      expect(blocks.map(({ stride }) => stride)).toEqual([1, 1, 2, 1, 2, 1]);
      expect(blocks.map((block) => block.shortcut)).toEqual(["identity", "identity", shortcut, "identity", shortcut, "identity"]); // prettier-ignore
      for (const { stride, inputChannels, outputChannels } of blocks)
        expect(outputChannels).toBe(inputChannels * stride);
    }
  });

  test("a plain network has no shortcut at all", () => {
    const { blocks } = describeArchitecture(network("plain", 20, "projection"), 10);
    expect(new Set(blocks.map(({ shortcut }) => shortcut))).toEqual(new Set(["none"]));
  });
});
