import type { Command } from 'commander';

import { readCheckpoint } from '../audit/seal/checkpoint.js';
import { checkProof, type Finding, type VerificationReport, TrailVerifier } from '../audit/verify/index.js';
import { fetchWitnessed } from './collector-client.js';
import { notesIn, readCheckpoints, removedIn, readKey, readText } from './evidence-files.js';
import { printable } from '../printable.js';
import { readSource, type SourceFlags } from './record-source.js';
import { readToken } from './token-source.js';
import { endWithReader, UNANSWERED } from './terminal.js';
import { counted } from './counted.js';

interface VerifyFlags extends SourceFlags {
  readonly key: readonly string[];
  readonly checkpoint: readonly string[];
  readonly proof?: string;
  readonly strict?: boolean;
  readonly json?: boolean;
}

const collect = (value: string, before: readonly string[]): readonly string[] => [...before, value];

/** Adds `countersign verify`. */
export function addVerifyCommand(program: Command): void {
  program
    .command('verify')
    .description('find records that were changed, removed, put in, moved or forged')
    .argument('[path]', 'an audit directory, or a file of records, one a line')
    .option('--url <url>', 'the records of a collector in its place')
    .option('--token-file <file>', 'file with the bearer token (else COUNTERSIGN_COLLECTOR_TOKEN)')
    .option('--key <key>', 'public key that is trusted, base64 or a file; may be repeated', collect, [])
    .option('--checkpoint <file>', 'checkpoints that were kept elsewhere; may be repeated', collect, [])
    .option('--proof <file>', 'check a proof that `countersign prove` wrote, and nothing else')
    .option('--strict', 'end with 1 where there is a warning, too')
    .option('--json', 'the report as JSON')
    .action(runVerify);
}

async function runVerify(path: string | undefined, flags: VerifyFlags): Promise<void> {
  endWithReader(UNANSWERED);
  const keys = await Promise.all(flags.key.map(readKey));
  if (flags.proof !== undefined) {
    await verifyProof(flags.proof, keys, flags.json === true);
    return;
  }
  const verifier = new TrailVerifier();
  const kind = await readSource(path, flags, verifier);
  const given = (await Promise.all(flags.checkpoint.map(readCheckpoints))).flat();
  const witnessed = [...given, ...(await collectorCheckpoints(flags, verifier))];
  const report = verifier.report({ keys, witnessed, partial: kind === 'directory' });
  process.stdout.write(`${flags.json === true ? JSON.stringify(report) : reportAsText(report)}\n`);
  if (!report.ok || (flags.strict === true && report.findings.length > 0)) process.exitCode = 1;
}

/** What a collector has witnessed. Tells the verifier what it has removed. */
async function collectorCheckpoints(
  { url, tokenFile }: SourceFlags,
  verifier: TrailVerifier,
): Promise<Awaited<ReturnType<typeof readCheckpoints>>> {
  if (url === undefined) return [];
  const witnessed = await fetchWitnessed({ url, token: await readToken(tokenFile) });
  for (const { writer, seq, tree } of removedIn(witnessed)) verifier.deliveredUpTo(writer, seq, tree);
  const notes = notesIn(witnessed);
  return notes.map(readCheckpoint).filter((checkpoint) => checkpoint !== undefined);
}

async function verifyProof(path: string, keys: readonly string[], json: boolean): Promise<void> {
  const report = checkProof(await readText(path, '--proof'), keys);
  const trust =
    report.trust === 'first use'
      ? `\nkey ${report.key ?? ''}: believed on first use; give it with --key to pin it`
      : '';
  const text = `${report.ok ? 'ok' : 'WRONG'}  ${printable(report.message)}${trust}`;
  process.stdout.write(`${json ? JSON.stringify(report) : text}\n`);
  if (!report.ok) process.exitCode = 1;
}

/** What a person wants to read, in lines without a final newline. */
function reportAsText({ ok, journals, keys, findings }: VerificationReport): string {
  return [
    ...findings.map(findingAsText),
    ...journals.map(
      ({ writer, elsewhere, records, checkpoints, covered, closed }) =>
        `journal ${printable(writer)}: ${counted(records, 'record')}, ${elsewhere === 0 ? '' : `the first ${elsewhere} kept elsewhere or removed, `}${covered} covered by ${counted(checkpoints, 'checkpoint')}, ${closed ? 'closed' : 'open'}`,
    ),
    ...keys.map(
      ({ key, trust }) => `key ${key}: ${trust}${trust === 'first use' ? ', give it with --key to pin it' : ''}`,
    ),
    ok ? 'ok' : `NOT OK: ${counted(findings.filter(({ severity }) => severity === 'error').length, 'problem')}`,
  ].join('\n');
}

function findingAsText({ severity, problem, writer, seq, id, message }: Finding): string {
  const place = [
    writer === undefined ? undefined : `journal ${writer}`,
    seq === undefined ? undefined : `seq ${seq}`,
    id === undefined ? undefined : `id ${id}`,
  ].filter((part) => part !== undefined);
  return printable(`${severity === 'error' ? 'ERROR' : 'warning'}  ${problem}  ${place.join('  ')}: ${message}`);
}
