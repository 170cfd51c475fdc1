import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import type { CodeBlock } from './code-blocks.js';
import { FREE_NAMES } from './free-names.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const FREE = `${ROOT}docs/free-names.ts`;

/** What is wrong with blocks of TypeScript, all in one program, which takes the package as those who install it do. */
export function typeCheck(blocks: readonly CodeBlock[]): ReadonlyMap<CodeBlock, readonly string[]> {
  const sources = new Map([[FREE, declarations()]]);
  const names = blocks.map((block) => {
    const name = `${ROOT}${block.file}.${block.line}.ts`;
    // Lines are those of the page.
    sources.set(name, '\n'.repeat(block.line - 1) + whole(block.text));
    return name;
  });
  const options = compilerOptions();
  const program = ts.createProgram([...sources.keys()], options, hostOf(options, sources));
  const free = problemsOf(program, FREE);
  if (free.length > 0) throw new Error(`the free names: ${free.join('\n')}`);
  return new Map(blocks.map((block, index) => [block, problemsOf(program, names[index] ?? '')]));
}

/** Blocks that show some members of an object are of the configuration of the proxy. */
function whole(text: string): string {
  if (!/^\w+: /.test(text)) return text;
  return `({ ${text} }) satisfies Partial<import('countersign/proxy').ProxyOptions>;`;
}

function declarations(): string {
  const names = Object.entries(FREE_NAMES).map(([name, type]) => `const ${name}: ${type};`);
  return `export {};\ndeclare global {\n${names.join('\n')}\n}\n`;
}

function compilerOptions(): ts.CompilerOptions {
  const { config } = ts.readConfigFile(`${ROOT}tsconfig.json`, (path) => readFileSync(path, 'utf8')) as {
    config: { compilerOptions: object };
  };
  const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, ROOT);
  const ofReaders = {
    noUnusedLocals: false,
    noUnusedParameters: false,
    isolatedDeclarations: false,
    declaration: false,
  };
  return { ...options, ...ofReaders, moduleDetection: ts.ModuleDetectionKind.Force };
}

function hostOf(options: ts.CompilerOptions, sources: ReadonlyMap<string, string>): ts.CompilerHost {
  const host = ts.createCompilerHost(options);
  const { fileExists, readFile, getSourceFile } = host;
  host.fileExists = (name) => sources.has(name) || fileExists(name);
  host.readFile = (name) => sources.get(name) ?? readFile(name);
  host.getSourceFile = (name, ...rest) => {
    const text = sources.get(name);
    return text === undefined ? getSourceFile(name, ...rest) : ts.createSourceFile(name, text, rest[0], true);
  };
  return host;
}

function problemsOf(program: ts.Program, name: string): readonly string[] {
  const source = program.getSourceFile(name);
  if (source === undefined) return [`${name} is not in the program`];
  const found = [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)];
  return found.map(({ start = 0, messageText }) => {
    const { line } = source.getLineAndCharacterOfPosition(start);
    return `line ${line + 1}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`;
  });
}
