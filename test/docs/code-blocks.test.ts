import { describe, expect, it } from 'vitest';
import { readAuthorizations } from '../../src/identity/authorization-details.js';
import { parsePolicy } from '../../src/policy/index.js';
import { type CodeBlock, codeBlocksOf, documentedBlocks } from './code-blocks.js';
import { RUN_LANGUAGES } from './commands/page-commands.js';
import { FREE_NAMES } from './free-names.js';
import { typeCheck } from './type-check.js';

/** Languages that nothing can check. */
const UNCHECKED = ['mermaid', 'text'];

/** A part of a policy is one with a name in front. */
function readPolicy(text: string): void {
  parsePolicy(/^version:/m.test(text) ? text : `version: 1\nname: part\nextends: default\n${text}`);
}

function readJson(text: string): void {
  const value = JSON.parse(text) as { readonly authorization_details?: unknown; readonly version?: unknown };
  if (value.authorization_details !== undefined) readAuthorizations(value.authorization_details);
  else if (value.version !== undefined) parsePolicy(text);
}

const readers: Readonly<Record<string, (text: string) => void>> = { json: readJson, yaml: readPolicy };
const blocks = documentedBlocks();
/** JavaScript is held to the types as well. */
const isTyped = ({ language }: CodeBlock): boolean => language === 'ts' || language === 'js';
const typed = typeCheck(blocks.filter(isTyped));

function problemsOf(block: CodeBlock): readonly string[] {
  const { language, text } = block;
  // commands.test.ts runs them.
  if (UNCHECKED.includes(language) || RUN_LANGUAGES.includes(language)) return [];
  if (isTyped(block)) return typed.get(block) ?? ['was not checked'];
  const read = readers[language];
  if (read === undefined) return [`${language || 'no language'} is none that is checked: mark it as text`];
  try {
    read(text);
    return [];
  } catch (error) {
    return [String(error)];
  }
}

describe('the code in the docs', () => {
  it.each(blocks.map((block) => [`${block.file}:${block.line}`, block.language, block] as const))(
    'is right at %s (%s)',
    (_, __, block) => {
      expect(problemsOf(block)).toEqual([]);
    },
  );

  it('takes every name that is declared for it', () => {
    const texts = blocks.filter(isTyped).map(({ text }) => text);
    const isTaken = (name: string): boolean => texts.some((text) => new RegExp(`\\b${name}\\b`).test(text));
    expect(Object.keys(FREE_NAMES).filter((name) => !isTaken(name))).toEqual([]);
  });

  it('is found wrong where it is', () => {
    const page = [
      "```ts\nimport { maskColumn } from 'countersign';\n\nmaskColumn('shop.customers.email', 'emial');\n```",
      '  ```ts\n  await nowhere();\n  ```',
      '```ts\nlisteners: [{ prot: 3306 }],\n```',
      '```yaml\nrules:\n  - name: a\n    effect: refuse\n```',
      '```json\n{ "authorization_details": [{ "type": "countersign_sql" }] }\n```',
      '```\nplain\n```',
      '```bash\nls\n```',
    ].join('\n\n');
    const found = codeBlocksOf('page.md', page);
    expect(found.map(({ line }) => line)).toEqual([2, 8, 12, 16, 22, 26, 30]);
    const problems = [...typeCheck(found.slice(0, 3)).values(), ...found.slice(3).map(problemsOf)];
    const says = [
      'line 4: .*emial',
      'line 8: Cannot find name',
      'line 12: .*prot',
      'effect',
      'without actions',
      'no language',
      'bash is none',
    ];
    expect(problems.map(([first = '']) => first)).toEqual(says.map((said) => expect.stringMatching(said) as string));
  });
});
