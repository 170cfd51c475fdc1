import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, extname, join } from 'node:path';
import { gzipSync } from 'node:zlib';

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** One file of the console, as it is served. */
export interface ConsoleAsset {
  /** `/` for the page, `/console/…` for all else. */
  readonly path: string;
  readonly type: string;
  readonly body: Buffer;
  readonly gzip: Buffer;
  readonly etag: string;
}

/**
 * Reads the files of the console, once: what a request names is looked up among them, and no path is ever made from a request.
 * @throws Error where the package's own files, or those of its charts, are not there
 */
export function readConsole(): readonly ConsoleAsset[] {
  // The sources, the build and its chunks lie at different depths: the package is found by its name.
  const require = createRequire(import.meta.url);
  const directory = join(dirname(require.resolve('countersign/package.json')), 'console');
  const own = readdirSync(directory).filter((name) => TYPES[extname(name)] !== undefined);
  return [
    ...own.map((name) => assetOf(name === 'index.html' ? '/' : `/console/${name}`, join(directory, name))),
    assetOf('/console/uplot.js', require.resolve('uplot/dist/uPlot.esm.js')),
    assetOf('/console/uplot.css', require.resolve('uplot/dist/uPlot.min.css')),
  ];
}

function assetOf(path: string, file: string): ConsoleAsset {
  const body = readFileSync(file);
  const etag = `"${createHash('sha256').update(body).digest('base64url')}"`;
  return { path, type: TYPES[extname(file)] ?? '', body, gzip: gzipSync(body), etag };
}
