/**
 * `npm run example -- NAME`: plays the example of that folder; without a name, tells which there are.
 *
 * @module
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { say } from './stage/screen.js';

const here = (path: string): URL => new URL(path, import.meta.url);
const names = readdirSync(here('.')).filter((name) => existsSync(here(`${name}/main.ts`)));

function tellNames(): void {
  say('npm run example -- NAME, which is one of');
  for (const name of names) {
    const [title = ''] = readFileSync(here(`${name}/README.md`), 'utf8').split('\n');
    say(`  ${name.padEnd(12)} ${title.replace('# ', '')}`);
  }
}

// What follows the name is the example's own.
const [name] = process.argv.splice(2, 1);
if (name !== undefined && names.includes(name)) await import(`./${name}/main.js`);
else {
  tellNames();
  if (name !== undefined) process.exitCode = 1;
}
