/**
 * The collector in a process of its own, as it is installed: how fast it takes records from several writers, and how fast it finds them again.
 *
 * @module
 */
import { spawn } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { gunzipSync, gzip } from 'node:zlib';
import { TrailSigning } from '../src/audit/seal/trail-signing.js';
import { RecordWriter } from './collector-records.js';
import { searchResults } from './collector-searches.js';
import type { Result, Unit } from './report/result.js';
import { pairedResult } from './report/paired-result.js';
import { type Spread, spreadOf } from './report/spread.js';
import type { Scenario } from './scenario.js';

const WRITERS = 4;
const BATCH = 1_000;
const IN_FLIGHT = 2;
/** The rates are those of so many equal parts. */
const PARTS = 10;
const RECORDS = 300_000;
/** Of Linux, in which /proc counts CPU time. */
const TICKS_PER_SECOND = 100;
const PROGRAM = fileURLToPath(new URL('../dist/src/cli/main.js', import.meta.url));
/** How often a batch is read for the baseline. */
const READS = 5;
const compress = promisify(gzip);

/** The scenario. */
export const collector: Scenario = {
  name: 'collector',
  about: 'the collector in a process of its own: taking records from four writers, and finding them again',
  run: ({ records = RECORDS }) => throughCollector(records),
};

/** @param records how many are sent before they are searched */
async function throughCollector(records: number): Promise<readonly Result[]> {
  const directory = await mkdtemp(join(tmpdir(), 'countersign-bench-collector-'));
  const child = spawn(process.execPath, [PROGRAM, 'collector', '--dir', directory, '--port', '0'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
    const url = line.split(' ').at(-1) ?? '';
    const pid = child.pid ?? 0;
    const parts = await sendAll(url, pid, records);
    const { bytes } = (await (await fetch(`${url}/v1/size`)).json()) as { bytes: number };
    const searches = await searchResults(url);
    const perCpu = parts.map((part) => [part.readPerCpuSecond, part.perCpuSecond] as const);
    return [
      figure('taken', '/s', spreadOf(parts.map(({ perSecond }) => perSecond))),
      pairedResult(['collector', 'taken for each second of its CPU'], perCpu, {
        unit: '/s',
        by: 'gunzip and JSON.parse',
      }),
      figure('on disk, a record', 'kB', spreadOf([bytes / records / 1024])),
      figure('memory in the end', 'MB', spreadOf([residentBytes(pid) / 2 ** 20])),
      ...searches,
    ];
  } finally {
    child.kill();
    if (child.exitCode === null) await once(child, 'exit');
    await rm(directory, { recursive: true, force: true });
  }
}

function figure(name: string, unit: Unit, measured: Spread): Result {
  return { scenario: 'collector', name, unit, measured };
}

/** How fast one part of the records was taken. */
interface Part {
  readonly perSecond: number;
  /** For each second of the collector's CPU, all of its threads taken together. */
  readonly perCpuSecond: number;
  /** For each second of this process's CPU, where they are read and nothing else: what the machine can do. */
  readonly readPerCpuSecond: number;
}

async function sendAll(url: string, pid: number, records: number): Promise<readonly Part[]> {
  const signing = await TrailSigning.of('', { key: generateKeyPairSync('ed25519').privateKey });
  const writers = Array.from({ length: WRITERS }, (_, no) => new RecordWriter(no, signing));
  const batches = Math.ceil(records / BATCH / PARTS);
  const parts: Part[] = [];
  let made = 0;
  const nextBatch = async (): Promise<Buffer> => {
    const writer = writers[(made / BATCH) % WRITERS];
    const batch: string[] = [];
    for (let no = 0; no < BATCH; no++) batch.push((await writer?.next((made + no) / (batches * BATCH * PARTS))) ?? '');
    made += BATCH;
    return compress(`{"records":[${batch.join(',')}]}`, { level: 1 });
  };
  for (let part = 0; part < PARTS; part += 1) {
    const [began, cpuBefore] = [performance.now(), cpuSeconds(pid)];
    const queue: Promise<void>[] = [];
    let body: Buffer = Buffer.alloc(0);
    for (let no = 0; no < batches; no += 1) {
      body = await nextBatch();
      if (queue.length >= IN_FLIGHT) await queue.shift();
      queue.push(send(url, body));
    }
    await Promise.all(queue);
    const [seconds, cpu] = [(performance.now() - began) / 1_000, cpuSeconds(pid) - cpuBefore];
    const sent = batches * BATCH;
    parts.push({ perSecond: sent / seconds, perCpuSecond: sent / cpu, readPerCpuSecond: readPerCpuSecond(body) });
  }
  return parts;
}

function readPerCpuSecond(body: Buffer): number {
  const before = process.cpuUsage();
  for (let turn = 0; turn < READS; turn += 1) JSON.parse(gunzipSync(body).toString());
  const { user, system } = process.cpuUsage(before);
  return (BATCH * READS) / ((user + system) / 1e6);
}

async function send(url: string, body: Buffer): Promise<void> {
  const headers = { 'content-type': 'application/json', 'content-encoding': 'gzip' };
  const response = await fetch(`${url}/v1/records`, { method: 'POST', headers, body: new Uint8Array(body) });
  const answer = (await response.json()) as { stored?: number; warnings?: string[] };
  if (answer.stored !== BATCH || answer.warnings !== undefined)
    throw new Error(`a batch was not stored whole: ${JSON.stringify(answer)}`);
}

function cpuSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

function residentBytes(pid: number): number {
  return Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1024;
}
