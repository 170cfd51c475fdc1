import { elsewhereProblems, isElsewhere } from './elsewhere.js';
import type { PageCommand } from './page-commands.js';
import { isShown, settled } from './shown-output.js';
import type { Terminal } from './terminal.js';

/** What stands on a page for something of the reader's own, and what it is here. */
export type Substitution = readonly [string | RegExp, string | (() => string)];

/** What a page takes. */
export interface PageSettings {
  /** Each has to be taken by the page. */
  readonly substitutions: readonly Substitution[];
  /** Those of all pages, which come after. */
  readonly common?: readonly Substitution[];
  /** What this stage says in the place of what the page shows. */
  readonly saidHere?: readonly (readonly [RegExp, string])[];
  /** Which commands end with another code than 0, as the page says. */
  readonly codes?: readonly (readonly [RegExp, number])[];
  /** What commands have to say of which the page shows nothing. */
  readonly says?: readonly (readonly [RegExp, RegExp])[];
  /** Does what the page has done by then without a command. @param command as it stands on the page */
  readonly before?: (command: string, terminal: Terminal) => Promise<void> | void;
  /** Looks at what the commands have left, before what serves is ended. @returns what is wrong */
  readonly after?: (terminal: Terminal) => Promise<readonly string[]> | readonly string[];
  /** Runs SQL, as an administrator. */
  readonly runSql?: (sql: string) => Promise<void>;
  /** Programs that are not here, so that no command with them is run. */
  readonly missing?: readonly string[];
}

/** Commands that run until they are ended, what they say when they are ready, and how Ctrl-C ends them. */
const SERVING: readonly (readonly [RegExp, RegExp, number])[] = [
  [/countersign collector /, /^countersign collector listening on http\S+\n/m, 0],
  [/countersign proxy /, /^countersign proxy listening on \S+:\d+\n/m, 0],
  [/countersign tail .* -f\b/, / {2}task .*\n/, 130],
];
/** It ended well, and yet shows nothing of what the page is about. */
const IN_VAIN = /^(?:no record fits|nothing is (?:pending|approved))$/m;

/** What of a page is wrong: its commands are run one after another. What serves is ended after the last one. */
export async function runPage(
  commands: readonly PageCommand[],
  terminal: Terminal,
  settings: PageSettings,
): Promise<readonly string[]> {
  const problems: string[] = [];
  const taken = new Set<object>();
  for (const command of commands) {
    const found = await problemOf(command, terminal, settings, taken).catch(String);
    if (found !== undefined) problems.push(`${command.file}:${command.line} ${command.text}\n${found}`);
  }
  problems.push(...(await leftProblems(terminal, settings)));
  for (const { text, code } of await terminal.close()) {
    const [, , expected] = SERVING.find(([pattern]) => pattern.test(text)) ?? [];
    if (code !== expected) problems.push(`${text}\nended with ${String(code)} on Ctrl-C`);
  }
  return [...problems, ...idleEntries(settings, taken)];
}

async function leftProblems(terminal: Terminal, { after }: PageSettings): Promise<readonly string[]> {
  try {
    return (await after?.(terminal)) ?? [];
  } catch (error) {
    return [String(error)];
  }
}

/** What is said of a page that has nothing of it. */
function idleEntries(
  { substitutions, codes = [], says = [] }: PageSettings,
  taken: ReadonlySet<object>,
): readonly string[] {
  return [...substitutions, ...codes, ...says]
    .filter((entry) => !taken.has(entry))
    .map(([text]) => `nothing on the page is ${String(text)}`);
}

/** The entry of a table that a command has. */
function entryOf<Entry extends readonly [RegExp, unknown]>(
  text: string,
  entries: readonly Entry[] | undefined,
  taken: Set<object>,
): Entry | undefined {
  const entry = entries?.find(([pattern]) => pattern.test(text));
  if (entry !== undefined) taken.add(entry);
  return entry;
}

async function problemOf(
  { language, text, shown }: PageCommand,
  terminal: Terminal,
  settings: PageSettings,
  taken: Set<object>,
): Promise<string | undefined> {
  if (language !== 'sql' && isElsewhere(text)) return elsewhereProblems(text).join('\n') || undefined;
  const here = substituted(text, [...settings.substitutions, ...(settings.common ?? [])], taken);
  if (language === 'sql') {
    if (settings.runSql === undefined) return 'there is no database for it';
    await settings.runSql(here);
    return undefined;
  }
  const lacks = settings.missing?.find((name) => new RegExp(`(?:^|\\s)${name} `).test(text));
  if (lacks !== undefined) return void process.stderr.write(`SKIPPED: ${lacks} is not here: ${text}\n`);
  await settings.before?.(text, terminal);
  const serving = SERVING.find(([pattern]) => pattern.test(text));
  if (serving !== undefined) {
    const { code, output, isServing } = await terminal.serve(here, serving[1]);
    if (!isServing) return `does not serve (${String(code)}):\n${output}`;
    return outputProblem(shown, output, settings.saidHere, entryOf(text, settings.says, taken)?.[1]);
  }
  const { code, output } = await terminal.run(here);
  const [, expected = 0] = entryOf(text, settings.codes, taken) ?? [];
  if (code !== expected) return `ended with ${String(code)} in the place of ${expected}:\n${output}`;
  return outputProblem(shown, output, settings.saidHere, entryOf(text, settings.says, taken)?.[1]);
}

function outputProblem(
  shown: string | undefined,
  output: string,
  saidHere: PageSettings['saidHere'] = [],
  expected: RegExp | undefined,
): string | undefined {
  const said = saidHere.reduce((so, [pattern, onPage]) => so.replaceAll(pattern, onPage), output);
  if (shown !== undefined)
    return isShown(shown, said) ? undefined : `says:\n${settled(said)}\nand the page:\n${settled(shown)}`;
  if (IN_VAIN.test(said) || expected?.test(said) === false) return `says:\n${said}`;
  return undefined;
}

function substituted(text: string, substitutions: readonly Substitution[], taken: Set<object>): string {
  let so = text;
  for (const substitution of substitutions) {
    const [pattern, value] = substitution;
    const next = so.replaceAll(pattern, () => (typeof value === 'string' ? value : value()));
    if (next !== so) taken.add(substitution);
    so = next;
  }
  return so;
}
