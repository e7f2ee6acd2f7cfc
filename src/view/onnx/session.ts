/** What the card needs of a runtime: one row goes in, answers come out. Everything here travels to a worker and back. */

/** Values of one input, for one row. */
export interface IFeed {
  readonly name: string;
  readonly tensor: {
    readonly type: 'float32' | 'float64' | 'int64' | 'int32' | 'uint8' | 'bool' | 'string';
    readonly data: readonly string[] | Float32Array | Float64Array | BigInt64Array | Int32Array | Uint8Array;
    readonly dims: readonly number[];
  };
}

/** What one output says of one row. */
export interface IAnswer {
  readonly name: string;
  readonly values: readonly (number | string)[];
  /** Of the values, which stand in rows. */
  readonly dims: readonly number[];
  readonly isFlag: boolean;
}

/** A model that was opened. */
export interface IModelSession {
  run(feeds: readonly IFeed[], outputs: readonly string[]): Promise<readonly IAnswer[]>;
  readonly isDisposed: boolean;
  dispose(): void;
}

/** Opens models. */
export interface IRuntime {
  openModel(bytes: Uint8Array): Promise<IModelSession>;
}
