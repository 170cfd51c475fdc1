import { type HostFunction, instantiate, type ParserExports, type WasmModule } from './web-assembly.js';

const DIALECT = Buffer.from('mysql');

/**
 * One instance of the second parser. After anything that it throws it must not be used again: its memory may be damaged, and it would
 * read what follows wrongly.
 */
export class ParserInstance {
  readonly #exports: ParserExports;
  #memory: Buffer = Buffer.alloc(0);

  constructor(module: WasmModule) {
    this.#exports = instantiate(module, this.#hostFunctions());
    this.#exports.__wbindgen_start();
  }

  /** Bytes of memory that it holds. It never gives any back. */
  get memoryBytes(): number {
    return this.#exports.memory.buffer.byteLength;
  }

  /**
   * Parses one or more statements.
   * @returns the tree, or undefined where they are not understood
   * @throws an error of WebAssembly where it trapped, for instance because its stack is used up
   */
  parse(sql: string): unknown {
    const dialect = this.#write(DIALECT);
    const bytes = Buffer.from(sql);
    const text = this.#write(bytes);
    const [tree, error, isError] = this.#exports.parse_sql(dialect, DIALECT.length, text, bytes.length);
    const result: unknown = isError === 0 ? this.#exports.__wbindgen_externrefs.get(tree) : undefined;
    this.#exports.__externref_table_dealloc(isError === 0 ? tree : error);
    return result;
  }

  #write(bytes: Uint8Array): number {
    const at = this.#exports.__wbindgen_malloc(bytes.length, 1) >>> 0;
    this.#view().set(bytes, at);
    return at;
  }

  #read(start: number, length: number): string {
    const at = start >>> 0;
    return this.#view().toString('utf8', at, at + length);
  }

  // Growing the memory replaces its buffer.
  #view(): Buffer {
    const { buffer } = this.#exports.memory;
    if (this.#memory.buffer !== buffer) this.#memory = Buffer.from(buffer);
    return this.#memory;
  }

  // What wasm-bindgen gave these names in the version that package.json pins. Panics (`error`) are not printed: they hold client text.
  #hostFunctions(): ReadonlyMap<string, HostFunction> {
    return new Map<string, HostFunction>([
      [
        '__wbindgen_init_externref_table',
        () => {
          const table = this.#exports.__wbindgen_externrefs;
          const offset = table.grow(4);
          table.set(0, undefined);
          [undefined, null, true, false].forEach((value, index) => {
            table.set(offset + index, value);
          });
        },
      ],
      ['__wbg___wbindgen_is_undefined_721f8decd50c87a3', (value: unknown) => Number(value === undefined)],
      ['__wbg_new_2e117a478906f062', () => ({})],
      ['__wbg_new_36e147a8ced3c6e0', () => []],
      [
        '__wbg_set_6be42768c690e380',
        (object: Record<string, unknown>, key: string, value: unknown) => {
          object[key] = value;
        },
      ],
      [
        '__wbg_set_dc601f4a69da0bc2',
        (list: unknown[], index: number, value: unknown) => {
          list[index >>> 0] = value;
        },
      ],
      ['__wbindgen_cast_0000000000000001', (value: number) => value],
      ['__wbindgen_cast_0000000000000002', (value: bigint) => value],
      ['__wbindgen_cast_0000000000000003', (start: number, length: number) => this.#read(start, length)],
      ['__wbindgen_cast_0000000000000004', (value: bigint) => BigInt.asUintN(64, value)],
      ['__wbg_fromCodePoint_93fb75ffd4cdf384', (code: number) => String.fromCodePoint(code >>> 0)],
    ]);
  }
}
