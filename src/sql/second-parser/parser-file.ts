import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { compile, type WasmModule } from './web-assembly.js';

const FILE = 'sqlparser_rs_wasm_bg.wasm';

let compiled: WasmModule | undefined;
let isMissing = false;

/**
 * The second parser, read from disk and compiled at the first call: about 10 ms. Its package offers no synchronous start and no second
 * one after a trap, so the file is taken from the package by its place. A program that is bundled has to put that file beside the bundle.
 * @returns undefined where the file cannot be read, which is said once by a warning of the process: one parser is left then
 */
export function parserModule(): WasmModule | undefined {
  if (compiled === undefined && !isMissing) {
    compiled = firstReadable([inPackage, besideBundle]);
    isMissing = compiled === undefined;
    if (isMissing) {
      process.emitWarning(
        `${FILE} of @guanmingchiu/sqlparser-ts was not found: statements are read by one parser and not checked by a second. ` +
          'Put the file beside the bundle.',
        'CountersignWarning',
      );
    }
  }
  return compiled;
}

function firstReadable(places: readonly (() => string)[]): WasmModule | undefined {
  for (const place of places) {
    try {
      return compile(readFileSync(place()));
    } catch {
      // The next place may have it.
    }
  }
  return undefined;
}

function inPackage(): string {
  const require = createRequire(import.meta.url);
  return join(dirname(require.resolve('@guanmingchiu/sqlparser-ts')), '..', 'wasm', FILE);
}

function besideBundle(): string {
  return join(dirname(fileURLToPath(import.meta.url)), FILE);
}
