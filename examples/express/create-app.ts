import type { TokenVerifier } from 'countersign';
import { expressBearer } from 'countersign/http';
import { isRefused } from 'countersign/mysql2';
import express, { type ErrorRequestHandler, type Express } from 'express';
import type { Pool, ResultSetHeader, RowDataPacket } from 'mysql2/promise';

/** What the API stands on. */
export interface AppOptions {
  /** Governed. */
  readonly pool: Pool;
  readonly verifier: TokenVerifier;
}

/** What a caller is told of a statement that was refused: the rule, and the record to ask about. */
const refusals: ErrorRequestHandler = (error: unknown, _request, response, next) => {
  if (!isRefused(error)) {
    next(error);
    return;
  }
  const { rule, refusal, recordId } = error;
  response.status(403).json({ error: refusal.reason, rule, record: recordId });
};

/** An API whose requests run as the agents that sent them. No route names an agent: the middleware has said who it is. */
export function createApp({ pool, verifier }: AppOptions): Express {
  const app = express();
  app.use(expressBearer({ verifier, taskOf: (headers) => headers['x-task']?.toString() }));

  app.get('/customers', async (request, response) => {
    const sql = 'SELECT id, name, email FROM customers WHERE city = ? ORDER BY id';
    const [rows] = await pool.query<RowDataPacket[]>(sql, [String(request.query['city'])]);
    response.json(rows);
  });

  app.post('/orders/:id/close', async (request, response) => {
    const sql = 'UPDATE orders SET status = ? WHERE id = ?';
    const [{ affectedRows }] = await pool.query<ResultSetHeader>(sql, ['closed', Number(request.params.id)]);
    response.status(affectedRows === 1 ? 200 : 404).json({ closed: affectedRows });
  });

  // Somebody forgot the WHERE.
  app.delete('/orders/:id', async (_request, response) => {
    await pool.query('DELETE FROM orders');
    response.status(204).end();
  });

  app.use(refusals);
  return app;
}
