/** The pages about the day of the cookbook, and nothing that came after it. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { askedBy } from '../../../examples/cookbook/questions.js';
import type { PageSettings } from './run-page.js';
import type { CommandStage } from './stage.js';

/** What a page takes, and the environment that its commands begin with. */
export interface PagePlan {
  readonly settings: PageSettings;
  readonly env?: Readonly<Record<string, string>>;
}

/** Makes the plan of a page, and the files that it says are there. */
export type PlanMaker<Stage> = (stage: Stage, folder: string) => Promise<PagePlan> | PagePlan;

/** Those who ask are dave and, where the page says so, carol. */
async function planCookbook({ shop, signingKey, tokenOf }: CommandStage): Promise<PagePlan> {
  const tokens = { carol: await tokenOf('carol'), dave: await tokenOf('dave') };
  return {
    settings: {
      substitutions: [
        ['http://127.0.0.1:7070', shop.collectorUrl],
        [/(?<=COLLECTOR_TOKEN=)…/g, tokens.dave],
        [/(?<=--key )[\w+/]{43}=/g, signingKey],
      ],
      codes: [[/verify changed\.jsonl$/, 1]],
      before: (command, terminal) => {
        terminal.env = { ...terminal.env, COUNTERSIGN_COLLECTOR_TOKEN: tokens[askedBy(command)] };
      },
    },
  };
}

interface StoredRecord {
  readonly id: string;
  readonly type: string;
}

/** Its trail is that of the day. */
async function planTamperEvidence({ shop }: CommandStage, folder: string): Promise<PagePlan> {
  const headers = { authorization: `Bearer ${shop.collectorToken}` };
  const trail = await (await fetch(`${shop.collectorUrl}/v1/export`, { headers })).text();
  writeFileSync(join(folder, 'trail.jsonl'), trail);
  const records = trail
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as StoredRecord);
  return {
    settings: {
      substitutions: [[/(?<=prove )[\da-f-]{36}/g, records[4]?.id ?? '']],
      codes: [[/verify (?:changed|cut)\.jsonl/, 1]],
    },
  };
}

export const DAY_PAGES: Readonly<Record<string, PlanMaker<CommandStage>>> = {
  'docs/cookbook.md': planCookbook,
  'docs/tamper-evidence.md': planTamperEvidence,
};
