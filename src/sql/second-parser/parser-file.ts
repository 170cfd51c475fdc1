import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

import { compile, type WasmModule } from './web-assembly.js';

const FILE = 'sqlparser_rs_wasm_bg.wasm';

let compiled: WasmModule | undefined;
let isMissing = false;

/**
 * The second parser, read from disk and compiled at the first call: about 10 ms. Its package offers no synchronous start and no second
 * one after a trap, so the file is taken from the package by its place.
 * @returns undefined where the file cannot be read, which is said once by a warning of the process: one parser is left then
 */
export function parserModule(): WasmModule | undefined {
  if (compiled === undefined && !isMissing) {
    compiled = readPackage();
    isMissing = compiled === undefined;
    if (isMissing) {
      process.emitWarning(
        `${FILE} of @guanmingchiu/sqlparser-ts was not found: statements are read by one parser and not checked by a second. ` +
          'Leave countersign out of the bundle, if there is one.',
        'CountersignWarning',
      );
    }
  }
  return compiled;
}

function readPackage(): WasmModule | undefined {
  try {
    const require = createRequire(import.meta.url);
    return compile(readFileSync(join(dirname(require.resolve('@guanmingchiu/sqlparser-ts')), '..', 'wasm', FILE)));
  } catch {
    return undefined;
  }
}
