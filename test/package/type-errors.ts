import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execPath } from 'node:process';
import { run } from '../database/run.js';
import { ROOT } from './npm.js';

const STRICT = {
  ...{ strict: true, exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true },
  ...{ noEmit: true, target: 'es2022', resolveJsonModule: true },
  // The declarations of packages are checked as well; those of TypeScript are not ours.
  ...{ skipLibCheck: false, skipDefaultLibCheck: true },
  ...{ types: ['node'], typeRoots: [join(ROOT, 'node_modules', '@types')] },
};

/** What the compiler says of sources that are put into a folder, as of a project that resolves modules so. */
export async function typeErrors(
  folder: string,
  sources: Readonly<Record<string, string>>,
  moduleResolution: 'bundler' | 'nodenext',
): Promise<readonly string[]> {
  const files = Object.keys(sources);
  for (const name of files) await writeFile(join(folder, name), sources[name] ?? '');
  const module = moduleResolution === 'bundler' ? 'esnext' : 'nodenext';
  const project = join(folder, `${files[0] ?? ''}.json`);
  await writeFile(project, JSON.stringify({ compilerOptions: { ...STRICT, module, moduleResolution }, files }));
  const compiler = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc');
  const { output } = await run(execPath, [compiler, '--pretty', 'false', '-p', project], { cwd: folder });
  return output.split('\n').filter((line) => line !== '');
}
