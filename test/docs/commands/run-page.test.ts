import { expect, it } from 'vitest';
import { makeCommandFolder } from '../../../examples/stage/shell.js';
import { temporaryDirectory } from '../../audit/trail-fixtures.js';
import { codeBlocksOf } from '../code-blocks.js';
import { elsewhereProblems, unneededEntries } from './elsewhere.js';
import { commandsOf, hiddenCommands } from './page-commands.js';
import { type PageSettings, runPage } from './run-page.js';
import { isShown } from './shown-output.js';
import { Terminal } from './terminal.js';

/** What is wrong with a page, in its order. */
async function problemsOf(page: string, settings: Partial<PageSettings> = {}): Promise<readonly string[]> {
  const folder = temporaryDirectory();
  makeCommandFolder(`${folder}/bin`);
  const terminal = new Terminal(folder, { ...process.env, PATH: `${folder}/bin:${process.env['PATH'] ?? ''}` });
  return runPage(commandsOf(codeBlocksOf('page.md', page)), terminal, { substitutions: [], ...settings });
}

const block = (language: string, ...lines: readonly string[]): string =>
  `\`\`\`${language}\n${lines.join('\n')}\n\`\`\`\n`;
const saying = (...patterns: readonly RegExp[]): unknown => patterns.map((one) => expect.stringMatching(one) as string);

it('a page whose commands do what it says is right, and one command holds for the next', async () => {
  const page = [
    block('sh', 'mkdir trial && cd trial', "export WORD='two words' # a comment", '# only a comment'),
    block(
      'console',
      '$ echo "$WORD" > said; cat said',
      'two words',
      '$ basename "$PWD"',
      'trial',
      '',
      '$ false',
      '$ echo $?',
      '1',
    ),
    block('sh', 'printf "%s\\n" one \\', '  two', 'echo three'),
    block('text', 'three'),
    block('sh', "countersign check --preset readOnly 'SELECT 1'"),
  ].join('\n');
  expect(await problemsOf(page, { codes: [[/^false$/, 1]], says: [[/check/, /allow {2}SELECT/]] })).toEqual([]);
});

it('a command that fails, or does not where the page says that it does, is found', async () => {
  const page = block('sh', 'no-such-command', 'npx countersign check --no-such-option', 'true', 'npx other');
  expect(await problemsOf(page, { codes: [[/^true$/, 1]] })).toEqual(
    saying(
      /^page\.md:2 no-such-command\nended with 127 in the place of 0:/,
      /^page\.md:3 .*\nended with 1 .*\n[^]*unknown option '--no-such-option'/,
      /^page\.md:4 true\nended with 0 in the place of 1:/,
      /^page\.md:5 .*\nended with 127 /,
    ),
  );
});

it('another output than the one on the page is found, and one that says that there is nothing', async () => {
  const page = [
    block('console', '$ echo one', 'two', '$ echo more', '$ true', 'nothing'),
    block('sh', 'echo no record fits', 'echo found'),
  ].join('\n');
  expect(await problemsOf(page, { says: [[/found/, /lost/]] })).toEqual(
    saying(
      /^page\.md:2 .*\nsays:\none\nand the page:\ntwo$/,
      /^page\.md:4 /,
      /^page\.md:5 /,
      /^page\.md:10 /,
      /^page\.md:11 /,
    ),
  );
});

it('what should serve and ends is found, and what serves is ended', async () => {
  const page = block(
    'sh',
    'countersign collector --dir records --port none',
    'countersign collector --dir records --port 0',
  );
  const [problem, ...more] = await problemsOf(page);
  expect(problem).toMatch(/^page\.md:2 .*\ndoes not serve \(1\):\n.*"none"/);
  expect(more).toEqual([]);
});

it('an entry of which the page has nothing is found, and SQL without a database', async () => {
  const settings: Partial<PageSettings> = {
    substitutions: [
      ['there', 'here'],
      ['nowhere', 'here'],
    ],
    says: [[/whisper/, /here/]],
    after: () => Promise.reject(new Error('all is left')),
  };
  const page = [block('console', '$ echo there', 'here'), block('sql', 'SELECT 1')].join('\n');
  expect(await problemsOf(page, settings)).toEqual(
    saying(
      /there is no database for it$/,
      /all is left/,
      /^nothing on the page is nowhere$/,
      /^nothing on the page is \/whisper\/$/,
    ),
  );
});

it('a command that is run elsewhere has to be there, with its options', async () => {
  expect(await problemsOf(block('sh', 'npm ci && npm run bench -- --quick # half an hour'))).toEqual([]);
  expect(await problemsOf(block('sh', 'npm run bench -- --slow'))).toEqual(
    saying(/bench\/main\.ts has no option --slow$/),
  );
  expect(elsewhereProblems('npm run all')).toEqual(['npm run all stands in no table']);
  expect(unneededEntries(['npm ci && npm test'])).toContain('npm run bench');
});

it('commands in a block that is not run are found', () => {
  const page = [block('text', '$ ls', 'a'), block('text', 'costs 3 $')].join('\n');
  expect(hiddenCommands(codeBlocksOf('page.md', page)).map(({ line }) => line)).toEqual([2]);
  expect(() => commandsOf(codeBlocksOf('page.md', block('console', 'ls')))).toThrow('page.md:2');
});

it('an output is that of the page but for what is another each time, and what it leaves out', () => {
  const output =
    '2026-01-02 03:04:05  anna   1.5 ms\nid 0b9c7a52-6d8e-4a53-9f0a-6d1f5c1b7f10 at 127.0.0.1:4000\nmore\nok\n';
  expect(isShown('2026-11-22 15:08:00  anna  20 µs\nid 089c9784-… at 127.0.0.1:7\n…\nok', output)).toBe(true);
  expect(isShown('2026-11-22 15:08:00  a…\n…\nok', output)).toBe(true);
  expect(isShown('2026-11-22 15:08:00  bert  20 µs\n…', output)).toBe(false);
  expect(isShown('…\nmore\n…\nok', output)).toBe(false);
  expect(isShown('', output)).toBe(false);
});
