import { fork } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import type { CodeBlock } from '../code-blocks.js';
import { type BlockStage, environmentOf, install, substitutionsOf } from './stage.js';

const PROGRAM = fileURLToPath(new URL('block-process.ts', import.meta.url));

/** What the process that runs blocks is to do. */
export interface BlockOrder {
  readonly stage: BlockStage;
  /** Paths of modules, in the order of the blocks. */
  readonly modules: readonly string[];
}

/** What became of a block: the message of what it threw; undefined where it ran to its end. */
export type BlockResult = string | undefined;

/** A page's part of an object is one of the proxy's options. */
export const isProxyPart = (text: string): boolean => /^\w+: /.test(text);

/** What became of blocks. */
export interface BlockResults {
  readonly results: ReadonlyMap<CodeBlock, BlockResult>;
  /** What was written on stderr, as governors do that cannot deliver. */
  readonly complaints: string;
}

/** Runs blocks of TypeScript and JavaScript one after another in one process, as programs of a reader would. */
export async function runBlocks(stage: BlockStage, blocks: readonly CodeBlock[]): Promise<BlockResults> {
  const { directory } = stage;
  install(directory, blocks);
  writeConfigurations(stage, blocks);
  const modules = blocks.map(({ text }, index) => {
    const path = join(directory, `block-${index}.mjs`);
    const whole = isProxyPart(text) ? `export const proxyPart = { ${text} };` : text;
    writeFileSync(path, toJavaScript(substituted(stage, whole)));
    return path;
  });
  const order: BlockOrder = { stage, modules };
  const child = fork(PROGRAM, [JSON.stringify(order)], {
    execArgv: ['--import', 'tsx'],
    env: { ...process.env, ...environmentOf(stage) },
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  let complaints = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (complaints += text));
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`the process that runs the docs' code ended with code ${String(code)}: ${complaints}`);
  });
  ended.catch(() => undefined);
  const [results] = (await Promise.race([once(child, 'message'), ended])) as [readonly (string | null)[]];
  return { results: new Map(blocks.map((block, index) => [block, results[index] ?? undefined])), complaints };
}

/** The files that the docs' code reads are those that the docs show. */
function writeConfigurations(stage: BlockStage, blocks: readonly CodeBlock[]): void {
  const configuration = blocks.find(
    ({ file, text }) => file === 'docs/embedding.md' && text.includes('export default'),
  );
  if (configuration !== undefined)
    writeFileSync(join(stage.directory, 'countersign.config.ts'), substituted(stage, configuration.text));
}

function substituted(stage: BlockStage, text: string): string {
  return substitutionsOf(stage).reduce((so, [pattern, value]) => so.replaceAll(pattern, value), text);
}

function toJavaScript(text: string): string {
  const compilerOptions = { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2023, verbatimModuleSyntax: true };
  return ts.transpileModule(text, { compilerOptions }).outputText;
}
