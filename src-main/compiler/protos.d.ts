/** What the compiler uses of TensorFlow's protocol buffers; the package ships them without types. */
declare module "@tensorflow/tfjs-node-gpu/dist/proto/api_pb.js" {
  export class VersionDef {
    setProducer(version: number): void;
    setMinConsumer(version: number): void;
  }
  class Dim {
    setSize(size: number): void;
  }
  export class TensorShape {
    static Dim: typeof Dim;
    addDim(dim: Dim): void;
  }
  export class Tensor {
    setDtype(dtype: number): void;
    setTensorShape(shape: TensorShape): void;
    addFloatVal(value: number): void;
    addIntVal(value: number): void;
    /** base64 */
    addStringVal(value: string): void;
  }
  export class AttrValue {
    /** base64 */
    setS(value: string): void;
    setI(value: number): void;
    setF(value: number): void;
    setB(value: boolean): void;
    setType(value: number): void;
    setShape(value: TensorShape): void;
    setTensor(value: Tensor): void;
    setList(value: AttrValue.ListValue): void;
  }
  export namespace AttrValue {
    class ListValue {
      addI(value: number): void;
    }
  }
  interface ProtoMap<T> {
    set(key: string, value: T): void;
  }
  export class NodeDef {
    setName(name: string): void;
    setOp(op: string): void;
    addInput(input: string): void;
    getAttrMap(): ProtoMap<AttrValue>;
    getName(): string;
    getInputList(): string[];
  }
  export class GraphDef {
    setVersions(versions: VersionDef): void;
    setNodeList(nodes: NodeDef[]): void;
    getNodeList(): NodeDef[];
  }
  export class TensorInfo {
    setName(name: string): void;
    setDtype(dtype: number): void;
    setTensorShape(shape: TensorShape): void;
  }
  export class SignatureDef {
    setMethodName(name: string): void;
    getInputsMap(): ProtoMap<TensorInfo>;
    getOutputsMap(): ProtoMap<TensorInfo>;
  }
  export class MetaGraphDef {
    setMetaInfoDef(info: MetaGraphDef.MetaInfoDef): void;
    setGraphDef(graph: GraphDef): void;
    getGraphDef(): GraphDef | undefined;
    getSignatureDefMap(): ProtoMap<SignatureDef>;
  }
  export namespace MetaGraphDef {
    class MetaInfoDef {
      addTags(tag: string): void;
    }
  }
  export class SavedModel {
    setSavedModelSchemaVersion(version: number): void;
    addMetaGraphs(graph: MetaGraphDef): void;
    getMetaGraphsList(): MetaGraphDef[];
    static deserializeBinary(bytes: Uint8Array): SavedModel;
    serializeBinary(): Uint8Array;
  }
}
