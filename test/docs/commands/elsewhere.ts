import { existsSync } from 'node:fs';
import { readFromRoot } from '../named-in.js';

/** A command that takes minutes, or the whole repository, and what runs the same. */
interface Elsewhere {
  /** How it begins. */
  readonly command: string;
  /** The file that runs the same. */
  readonly by: string;
  /** What it names of what the command runs. */
  readonly naming: string;
}

const ELSEWHERE: readonly Elsewhere[] = [
  { command: 'npm ci', by: '.ci/run', naming: 'npm ci' },
  { command: 'npm test', by: '.ci/run', naming: 'npm test' },
  // It plays each folder of the examples that has a main.ts, and so the demo.
  { command: 'npm run demo', by: 'test/examples/examples.test.ts', naming: 'examples/run.ts' },
  { command: 'npm run attacks', by: 'test/attacks/command.test.ts', naming: 'attacks/main.ts' },
  { command: 'npm run bench', by: 'test/bench/command.test.ts', naming: 'bench/main.ts' },
  { command: 'npm run soak', by: 'test/soak/soak.test.ts', naming: 'bench/soak/run-soak.js' },
];

/** The commands of a line, without its comment. */
const partsOf = (text: string): readonly string[] => text.replace(/ +#.*$/, '').split(' && ');

function entryOf(command: string): Elsewhere | undefined {
  return ELSEWHERE.find((entry) => command === entry.command || command.startsWith(`${entry.command} -- `));
}

/** Whether a line is not run with the page, since something else runs the same. */
export function isElsewhere(text: string): boolean {
  return partsOf(text).every((command) => entryOf(command) !== undefined);
}

/** What is wrong with a line that is not run: what should run the same is not there, or knows nothing of it. */
export function elsewhereProblems(text: string): readonly string[] {
  return partsOf(text).flatMap((command) => {
    const entry = entryOf(command);
    if (entry === undefined) return [`${command} stands in no table`];
    const { by, naming } = entry;
    if (!existsSync(new URL(`../../../${by}`, import.meta.url))) return [`${command}: there is no ${by}`];
    if (!readFromRoot(by).includes(naming)) return [`${command}: ${by} does not name ${naming}`];
    return scriptProblems(command);
  });
}

/** A script has to be there, and its program has to know the options that stand on the page. */
function scriptProblems(command: string): readonly string[] {
  const [, name] = /^npm run (\S+)/.exec(command) ?? [];
  if (name === undefined) return [];
  const { scripts } = JSON.parse(readFromRoot('package.json')) as {
    readonly scripts: Readonly<Record<string, string>>;
  };
  const [, program] = / tsx (\S+)$/.exec(scripts[name] ?? '') ?? [];
  if (program === undefined) return [`${command}: there is no such script`];
  const options = Array.from(command.matchAll(/ \[?--([a-z-]+)/g), ([, option = '']) => option);
  const source = readFromRoot(program);
  return options
    .filter((option) => !new RegExp(`\\b${option}: \\{ type: '`).test(source))
    .map((option) => `${command}: ${program} has no option --${option}`);
}

/** Entries that no page needs. */
export function unneededEntries(texts: readonly string[]): readonly string[] {
  const commands = texts.flatMap(partsOf);
  return ELSEWHERE.filter((entry) => !commands.some((command) => entryOf(command) === entry)).map(
    ({ command }) => command,
  );
}
