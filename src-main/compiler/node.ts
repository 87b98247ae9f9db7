import { WorkbenchError } from "../../src-shared/errors.ts";
import { inferTypes } from "./shapes.ts";
import type { OpAttributes, OpName, TensorType } from "./ops.ts";

/** One output of a node. */
export interface Value {
  readonly node: Node;
  readonly output: number;
}

/** A node of the IR: frozen data. `op` decides what `attributes` hold (ops.ts). */
export type Node = { readonly [K in OpName]: NodeOf<K> }[OpName];

export interface NodeOf<K extends OpName> {
  readonly op: K;
  readonly name: string;
  readonly inputs: readonly Value[];
  readonly attributes: OpAttributes[K];
  /** Nodes that must have run before this one. */
  readonly control: readonly Node[];
  readonly outputs: readonly TensorType[];
}

export const typeOf = ({ node, output }: Value): TensorType => node.outputs[output];
export const describeType = ({ dtype, shape }: TensorType): string => `${dtype}[${shape.join(", ")}]`;

/** A graph under construction: nodes in an order in which each comes after what it needs. Types are checked at once. */
export class Graph {
  readonly nodes: Node[] = [];
  readonly #uses = new Map<string, number>();

  /**
   * Adds a node and returns its first output.
   * @throws WorkbenchError `compile`, naming op, node and types, where the inputs do not fit.
   */
  add<K extends OpName>(
    op: K,
    inputs: readonly Value[],
    attributes: OpAttributes[K],
    options: { name?: string; control?: readonly Node[] } = {},
  ): Value {
    const name = this.#unique(options.name ?? op);
    const outputs = inferTypes(op, inputs.map(typeOf), attributes, (problem) => {
      const types = inputs.map((input) => describeType(typeOf(input))).join(", ");
      throw new WorkbenchError("compile", `${op} '${name}' (${types}): ${problem}`);
    });
    const node = Object.freeze({ op, name, inputs, attributes, control: options.control ?? [], outputs }) as Node;
    this.nodes.push(node);
    return { node, output: 0 };
  }

  #unique(name: string): string {
    const uses = this.#uses.get(name) ?? 0;
    this.#uses.set(name, uses + 1);
    return uses === 0 ? name : this.#unique(`${name}_${uses}`);
  }
}

export const outputOf = (value: Value, output: number): Value => ({ node: value.node, output });
