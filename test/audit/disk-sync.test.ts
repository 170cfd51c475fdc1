import { closeSync, mkdirSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { DiskSync } from '../../src/audit/disk-sync.js';
import { journalPlace } from '../../src/audit/journal-directory.js';
import { JournalSegments, SpoolBudget } from '../../src/audit/journal-segments.js';
import { JournalWriter } from '../../src/audit/journal-writer.js';
import { OK, statementIntent } from './statement-samples.js';
import { afterThisTest, temporaryDirectory } from './trail-fixtures.js';

type Told = readonly [problem: string | undefined, isKept: boolean];

function openWriter(segmentBytes = 1e9): JournalWriter {
  const budget = new SpoolBudget(1e9);
  const segments = new JournalSegments(journalPlace(temporaryDirectory(), 'writer', 'owner'), new Map(), budget);
  const writer = new JournalWriter({ segments, budget, segmentBytes });
  afterThisTest(() => {
    writer.close();
  });
  return writer;
}

function told(writer: JournalWriter): Promise<Told> {
  return new Promise((resolve) => {
    writer.onceWritten({ written: (error, isKept) => resolve([error?.message, isKept]) }, true);
  });
}

function synced(disk: DiskSync): Promise<string | undefined> {
  return new Promise((resolve) => {
    disk.await([{ synced: (error) => resolve(error?.code) }]);
  });
}

function segment(directory: string, name: string): number {
  const fd = openSync(join(directory, name), 'a');
  writeSync(fd, 'line\n');
  return fd;
}

test('a statement waits for the disk, and those that come meanwhile share its next turn', async () => {
  const writer = openWriter();
  const order: string[] = [];
  const waits = [1, 2, 3, 4].map((number) => {
    writer.intent(statementIntent(number));
    return told(writer).then((result) => {
      order.push(`disk ${number}`);
      return result;
    });
  });
  writer.onceWritten({ written: () => order.push('kernel') }, false);
  expect(await Promise.all(waits)).toEqual(Array(4).fill([undefined, true]));
  expect(order).toEqual(['kernel', 'disk 1', 'disk 2', 'disk 3', 'disk 4']);
});

test('waiters of every segment are told, however often segments change', async () => {
  const writer = openWriter(1);
  const waits: Promise<Told>[] = [];
  for (let number = 1; number <= 40; number += 1) {
    const ticket = writer.intent(statementIntent(number));
    waits.push(told(writer));
    writer.flush();
    writer.outcome(ticket, OK);
  }
  expect(await Promise.all(waits)).toEqual(Array(40).fill([undefined, true]));
});

test('a segment ends while the disk is at work on it: its waiters are told, and its file is closed once', async () => {
  const directory = temporaryDirectory();
  mkdirSync(directory, { recursive: true });
  const disk = new DiskSync();
  disk.turn(segment(directory, 'one'), directory);
  const first = synced(disk);
  const second = synced(disk);
  disk.turn(segment(directory, 'two'), directory);
  const third = synced(disk);
  disk.close();
  expect(await Promise.all([first, second, third])).toEqual([undefined, undefined, undefined]);
});

test('where the disk does not confirm, waiters are told, and what they wait for is kept', async () => {
  const directory = temporaryDirectory();
  mkdirSync(directory, { recursive: true });
  const disk = new DiskSync();
  const fd = segment(directory, 'one');
  disk.turn(fd, directory);
  closeSync(fd);
  expect(await synced(disk)).toBe('EBADF');
  disk.fd = -1;
});

test('a segment is not on the disk before its directories are, also where it ends first', async () => {
  const directory = join(temporaryDirectory(), 'journal');
  mkdirSync(directory, { recursive: true });
  const disk = new DiskSync();
  disk.turn(segment(directory, 'one'), directory);
  rmSync(directory, { recursive: true });
  expect(await synced(disk)).toBe('ENOENT');
  const busy = synced(disk);
  const last = synced(disk);
  disk.close();
  expect(await Promise.all([busy, last])).toEqual(['ENOENT', 'ENOENT']);
});
