import { Graph, type Node, type Value } from "./node.ts";
import type { TensorType } from "./ops.ts";

/** The graph of a training program as it is put together: its inputs, its variables, and which inputs are batches. */
export class ProgramGraph extends Graph {
  /** Nodes whose rows are split into lanes, and into how many. */
  readonly sources = new Map<Node, number>();

  splitRows(node: Node, lanes: number): void {
    this.sources.set(node, lanes);
  }

  placeholder(name: string, dtype: TensorType["dtype"], ...shape: number[]): Value {
    return this.add("Placeholder", [], { dtype, shape }, { name });
  }

  batchPlaceholder(name: string, lanes: number, dtype: TensorType["dtype"], ...shape: number[]): Value {
    const value = this.placeholder(name, dtype, ...shape);
    this.splitRows(value.node, lanes);
    return value;
  }

  variable(name: string, type: TensorType): Value {
    return this.add("VarHandleOp", [], { variable: name, type }, { name: `variable/${name}` });
  }

  read(variable: Value, dtype: TensorType["dtype"], name: string): Value {
    return this.add("ReadVariableOp", [variable], { dtype }, { name });
  }

  assign(variable: Value, value: Value, control: readonly Node[] = []): Node {
    return this.add("AssignVariableOp", [variable, value], {}, { name: `${variable.node.name}/assign`, control }).node;
  }

  /** A scalar that can be fetched once `nodes` have run: a signature needs an output. */
  done(nodes: readonly Node[], name: string): Value {
    const one = this.scalar(1, `${name}/one`);
    return this.add("Identity", [one], {}, { name, control: nodes });
  }

  scalar(value: number, name: string): Value {
    return this.add("Const", [], { dtype: "float32", shape: [], value }, { name });
  }
}
