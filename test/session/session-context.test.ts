import { describe, expect, it } from 'vitest';
import { SessionContext } from '../../src/session/session-context.js';
import type { SessionState } from '../../src/session/session-state.js';
import { createAnalyser } from '../../src/sql/index.js';
import { ServerStatus } from '../../src/wire/constants.js';

const state: SessionState = {
  version: '8.4.0',
  dialect: { flavour: 'mysql', version: 80_400 },
  sqlMode: 'STRICT_TRANS_TABLES',
  characterSet: 'utf8mb4',
  resultCharacterSet: 'utf8mb4',
  namespace: 'shop',
  user: 'agent@%',
  threadId: 7,
  server: 'db:3306',
};

function contextWith(sqlMode: string): SessionContext {
  const context = new SessionContext(createAnalyser(), { stateChanged: () => undefined });
  context.learn({ ...state, sqlMode });
  return context;
}

describe('what the server says with every answer', () => {
  it.each([
    ['STRICT_TRANS_TABLES', ServerStatus.AUTOCOMMIT, true],
    ['STRICT_TRANS_TABLES', ServerStatus.NO_BACKSLASH_ESCAPES, false],
    ['ANSI_QUOTES,NO_BACKSLASH_ESCAPES', ServerStatus.NO_BACKSLASH_ESCAPES, true],
    ['ANSI_QUOTES,NO_BACKSLASH_ESCAPES', ServerStatus.AUTOCOMMIT, false],
  ])('is held against what is thought of %s: %i', (sqlMode, status, agrees) => {
    const context = contextWith(sqlMode);
    context.heed(status);
    expect(context.state !== undefined).toBe(agrees);
  });

  it('tells whether a transaction is open', () => {
    const context = contextWith('');
    context.heed(ServerStatus.IN_TRANSACTION | ServerStatus.AUTOCOMMIT);
    expect(context.inTransaction).toBe(true);
    context.forget();
    expect(context.inTransaction).toBe(false);
  });
});
