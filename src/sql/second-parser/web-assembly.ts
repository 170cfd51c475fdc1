/** A compiled module: only passed on. */
export type WasmModule = object;

/** What a WASM module imports: functions that take and give numbers, and in the end any value of JavaScript. */
export type HostFunction = (...values: never[]) => unknown;

/** What an instance of the second parser exports. */
export interface ParserExports {
  readonly memory: { readonly buffer: ArrayBuffer };
  readonly __wbindgen_externrefs: {
    grow(by: number): number;
    get(index: number): unknown;
    set(index: number, value: unknown): void;
  };
  __wbindgen_start(): void;
  __wbindgen_malloc(size: number, alignment: number): number;
  __externref_table_dealloc(index: number): void;
  /** Takes pointer and length of two UTF-8 texts, which it frees. Gives the index of the tree or of the error, and whether it is one. */
  parse_sql(
    dialect: number,
    dialectLength: number,
    sql: number,
    sqlLength: number,
  ): readonly [tree: number, error: number, isError: number];
}

// The types of Node have no WebAssembly, and those of browsers would bring everything else of browsers.
declare const WebAssembly: {
  readonly Module: {
    new (bytes: Uint8Array): WasmModule;
    imports(module: WasmModule): readonly { readonly module: string; readonly name: string }[];
  };
  readonly Instance: new (
    module: WasmModule,
    imports: Readonly<Record<string, Readonly<Record<string, HostFunction>>>>,
  ) => { readonly exports: unknown };
};

/** Compiles a module, synchronously. Throws where the bytes are no WASM. */
export function compile(bytes: Uint8Array): WasmModule {
  return new WebAssembly.Module(bytes);
}

/**
 * Starts an instance of the second parser.
 * @param functions what it may call; any other import throws when it is called
 */
export function instantiate(module: WasmModule, functions: ReadonlyMap<string, HostFunction>): ParserExports {
  const imports: Record<string, Record<string, HostFunction>> = {};
  for (const { module: from, name } of WebAssembly.Module.imports(module)) {
    (imports[from] ??= {})[name] = functions.get(name) ?? missing(name);
  }
  return new WebAssembly.Instance(module, imports).exports as ParserExports;
}

function missing(name: string): HostFunction {
  return () => {
    throw new TypeError(`the second parser calls ${name}`);
  };
}
