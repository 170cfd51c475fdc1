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
import { gzip } from 'node:zlib';
import { TrailSigning } from '../src/audit/seal/trail-signing.js';
import { drawing, RecordWriter, START_MS, VARIETY } from './collector-records.js';

/** How long searches of one kind took. */
export interface SearchFigure {
  readonly name: string;
  readonly medianMs: number;
  readonly p99Ms: number;
}

/** What the collector's bench found. */
export interface CollectorFigures {
  readonly records: number;
  readonly perSecond: number;
  /** Records for each second of the collector's CPU, all of its threads taken together. */
  readonly perCpuSecond: number;
  readonly bytesOnDisk: number;
  /** Memory that it holds in the end. */
  readonly memoryBytes: number;
  readonly searches: readonly SearchFigure[];
}

const WRITERS = 4;
const BATCH = 1_000;
const IN_FLIGHT = 2;
const SEARCHES = 200;
/** Of Linux, in which /proc counts CPU time. */
const TICKS_PER_SECOND = 100;
const PROGRAM = fileURLToPath(new URL('../dist/src/cli/main.js', import.meta.url));
const compress = promisify(gzip);

/** @param records how many are sent before they are searched */
export async function collector(records: number): Promise<CollectorFigures> {
  const directory = await mkdtemp(join(tmpdir(), 'countersign-bench-collector-'));
  const child = spawn(process.execPath, [PROGRAM, 'collector', '--dir', directory, '--port', '0'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
    const url = line.split(' ').at(-1) ?? '';
    const pid = child.pid ?? 0;
    const began = performance.now();
    const cpuBefore = cpuSeconds(pid);
    await sendAll(url, records);
    const seconds = (performance.now() - began) / 1_000;
    const cpu = cpuSeconds(pid) - cpuBefore;
    const { bytes } = (await (await fetch(`${url}/v1/size`)).json()) as { bytes: number };
    const searches = await searchAll(url);
    return {
      ...{ records, perSecond: records / seconds, perCpuSecond: records / cpu, bytesOnDisk: bytes },
      ...{ memoryBytes: residentBytes(pid), searches },
    };
  } finally {
    child.kill();
    if (child.exitCode === null) await once(child, 'exit');
    await rm(directory, { recursive: true, force: true });
  }
}

async function sendAll(url: string, records: number): Promise<void> {
  const signing = await TrailSigning.of('', { key: generateKeyPairSync('ed25519').privateKey });
  const writers = Array.from({ length: WRITERS }, (_, no) => new RecordWriter(no, signing));
  const queue: Promise<void>[] = [];
  for (let sent = 0; sent < records; sent += BATCH) {
    const writer = writers[(sent / BATCH) % WRITERS];
    if (writer === undefined) continue;
    const batch: string[] = [];
    for (let no = 0; no < BATCH; no++) batch.push(await writer.next((sent + no) / records));
    if (queue.length >= IN_FLIGHT) await queue.shift();
    queue.push(send(url, batch));
  }
  await Promise.all(queue);
}

async function send(url: string, batch: readonly string[]): Promise<void> {
  const body = await compress(`{"records":[${batch.join(',')}]}`, { level: 1 });
  const headers = { 'content-type': 'application/json', 'content-encoding': 'gzip' };
  const response = await fetch(`${url}/v1/records`, { method: 'POST', headers, body });
  const answer = (await response.json()) as { stored?: number; warnings?: string[] };
  if (answer.stored !== batch.length || answer.warnings !== undefined)
    throw new Error(`a batch was not stored whole: ${JSON.stringify(answer)}`);
}

async function searchAll(url: string): Promise<SearchFigure[]> {
  const draw = drawing(99);
  const agent = (): string => `agent=agent-${draw(VARIETY.agents)}`;
  const task = (): string => `task=T-${draw(VARIETY.tasks)}`;
  const table = (): string => `table=shop.t${draw(VARIETY.tables)}`;
  const time = (): string => {
    const from = START_MS + draw(VARIETY.days) * 86_400_000;
    const isoOf = (ms: number): string => new Date(ms).toISOString();
    return `since=${isoOf(from)}&until=${isoOf(from + 3_600_000)}`;
  };
  const text = (): string => `text=${draw(100_000)}`;
  const kinds: Readonly<Record<string, () => string>> = {
    agent,
    task,
    table,
    time,
    text,
    'agent and table, written': () => `${agent()}&written=shop.t${draw(VARIETY.tables)}`,
    'agent and time': () => `${agent()}&${time()}`,
    'agent and task': () => `${agent()}&${task()}`,
    'task and text': () => `${task()}&text=open`,
    'denied, of a table': () => `status=denied&${table()}`,
    nobody: () => `agent=nobody-${draw(1e6)}`,
    'many rows': () => `rows=${19 + draw(2)}&${agent()}`,
  };
  const figures: SearchFigure[] = [];
  for (const [name, query] of Object.entries(kinds)) {
    const times: number[] = [];
    for (let no = 0; no < SEARCHES; no++) times.push(await timed(`${url}/v1/records?order=desc&limit=50&${query()}`));
    times.sort((a, b) => a - b);
    figures.push({ name, medianMs: times[SEARCHES >> 1] ?? 0, p99Ms: times[Math.floor(SEARCHES * 0.99)] ?? 0 });
  }
  return figures;
}

async function timed(url: string): Promise<number> {
  const began = performance.now();
  const response = await fetch(url);
  await response.arrayBuffer();
  if (!response.ok) throw new Error(`a search was answered ${response.status}`);
  return performance.now() - began;
}

function cpuSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

function residentBytes(pid: number): number {
  return Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1024;
}
