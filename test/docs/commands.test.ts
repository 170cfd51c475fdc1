import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { afterThisTest } from '../audit/trail-fixtures.js';
import { documentedBlocks } from './code-blocks.js';
import { blockOf } from './commands/configurations.js';
import { DAY_PAGES, type PlanMaker } from './commands/day-pages.js';
import { unneededEntries } from './commands/elsewhere.js';
import { commandsOf, hiddenCommands } from './commands/page-commands.js';
import { READER_PAGES } from './commands/reader-pages.js';
import { runPage } from './commands/run-page.js';
import { type CommandStage, commonSubstitutions, SAID_HERE, startCommandStage } from './commands/stage.js';
import { playTwoAgents, type TwoAgents } from './commands/two-agents.js';
import { readFromRoot } from './named-in.js';

const blocks = documentedBlocks();
const commands = commandsOf(blocks);
const pages = [...new Set(commands.map(({ file }) => file))];
const others = pages.filter((file) => DAY_PAGES[file] === undefined);

/** What is wrong with the commands of a page. A page that is in no table has no files, and nothing that stands for something else. */
async function problemsOf<Stage extends CommandStage>(
  file: string,
  stage: Stage,
  plans: Readonly<Record<string, PlanMaker<Stage>>>,
): Promise<readonly string[]> {
  const folder = stage.newFolder();
  const { settings = { substitutions: [] }, env } = (await plans[file]?.(stage, folder)) ?? {};
  const terminal = stage.openTerminal(folder, env);
  afterThisTest(() => terminal.close());
  const ofPage = commands.filter((command) => command.file === file);
  const all = {
    common: commonSubstitutions(stage, folder),
    saidHere: SAID_HERE,
    ...settings,
    missing: [...stage.missing, ...(settings.missing ?? [])],
  };
  return runPage(ofPage, terminal, all);
}

let stage: CommandStage;
beforeAll(async () => {
  stage = await startCommandStage(inject('database'));
});
afterAll(() => stage.stop());

describe('the commands of the docs', () => {
  it.each(Object.keys(DAY_PAGES))('do and say what the page says: %s', { timeout: 60_000 }, async (file) => {
    expect(await problemsOf(file, stage, DAY_PAGES)).toEqual([]);
  });

  describe('once two agents have shared a connection', () => {
    let twoAgents: TwoAgents;
    beforeAll(async () => {
      twoAgents = await playTwoAgents(stage);
    });
    afterAll(() => twoAgents.schema.drop());

    it.each(others)('do and say what the page says: %s', { timeout: 60_000 }, async (file) => {
      expect(await problemsOf(file, { ...stage, twoAgents }, READER_PAGES)).toEqual([]);
    });
  });

  it('all stand where they are run', () => {
    expect(hiddenCommands(blocks)).toEqual([]);
    expect(unneededEntries(commands.map(({ text }) => text))).toEqual([]);
    expect(Object.keys({ ...DAY_PAGES, ...READER_PAGES }).filter((file) => !pages.includes(file))).toEqual([]);
    expect(commands.length).toBeGreaterThan(70);
  });

  it('are about the policy that the cookbook shows', () => {
    const lines = (text: string): readonly string[] => text.trimEnd().split('\n');
    const played = lines(readFromRoot('examples/cookbook/policy.yaml'));
    const shown = lines(blockOf('docs/cookbook.md', 'yaml', 'email-in-plain'));
    expect(shown.filter((line) => !played.includes(line))).toEqual([]);
  });
});
