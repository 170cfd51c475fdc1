import { describe, expect, it } from 'vitest';
import type { StatementOutcome } from '../../src/audit/index.js';
import { RunningCommand } from '../../src/session/running-command.js';
import { createAnalyser } from '../../src/sql/index.js';
import { Command } from '../../src/wire/constants.js';
import type { OkPacket } from '../../src/wire/ok-packet.js';

const ok: OkPacket = { affectedRows: 0, lastInsertId: 0, status: 0, warnings: 0 };
const analyser = createAnalyser();
const scope = analyser.scope({ flavour: 'mysql', version: 80036 }, 'shop', '');

function running(sql: string): { command: RunningCommand; outcomes: StatementOutcome[] } {
  const text = Buffer.from(sql);
  const { statements } = analyser.analyse(text, 0, text.length, scope);
  const outcomes: StatementOutcome[] = [];
  const tickets = statements.map((_, index) => index);
  const facts = { command: Command.QUERY, statements, tickets, text: undefined, prepared: undefined };
  return { command: new RunningCommand(facts, { outcome: (_ticket, outcome) => outcomes.push(outcome) }), outcomes };
}

describe('a running command', () => {
  it('takes one result for each statement', () => {
    const { command, outcomes } = running("SELECT 1; UPDATE t SET a = 'x' WHERE id = 1");
    command.onRows(3, 30);
    command.onOk({ ...ok, affectedRows: 2 });
    command.complete();
    expect(outcomes).toMatchObject([
      { status: 'ok', rows: 3 },
      { status: 'ok', affected: 2 },
    ]);
  });

  it('breaks off where the server gives more results than there were statements: it has read the text otherwise', () => {
    const { command, outcomes } = running('SELECT 1');
    command.onRows(1, 10);
    expect(() => {
      command.onOk(ok);
    }).toThrow('more results than there were statements');
    command.lost('broken off');
    expect(outcomes).toMatchObject([{ status: 'unknown' }]);
  });

  it('takes as many result sets as a procedure gives before its OK', () => {
    const { command, outcomes } = running('CALL p()');
    command.onRows(1, 10);
    command.onRows(2, 20);
    command.onOk(ok);
    command.complete();
    expect(outcomes).toMatchObject([{ status: 'ok', rows: 3 }]);
  });
});
