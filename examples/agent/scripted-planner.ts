import type { ToolCall, ToolResult } from './query-tool.js';

/** A call that was made, and what it gave. */
export interface Step {
  readonly call: ToolCall;
  readonly result: ToolResult;
}

/** What to do next. */
export type Move = { readonly call: ToolCall } | { readonly answer: string };

const OPEN_ORDERS =
  'SELECT o.id, c.name, c.email FROM orders o JOIN customers c ON c.id = o.customer_id WHERE o.status = ? AND o.total < ?';

/** Stands where a model stands: it sees what its calls gave, and says what to do next. Like a model, it forgets the WHERE at first. */
export function plan(steps: readonly Step[]): Move {
  const last = steps.at(-1)?.result;
  switch (last?.kind) {
    case undefined:
      return { call: { sql: OPEN_ORDERS, parameters: ['open', 50] } };
    case 'rows':
      return { call: { sql: "UPDATE orders SET status = 'closed'", parameters: [] } };
    case 'refused': {
      const first = steps[0]?.result;
      const id = first?.kind === 'rows' ? Number(first.rows[0]?.['id']) : 0;
      return { call: { sql: 'UPDATE orders SET status = ? WHERE id = ?', parameters: ['closed', id] } };
    }
    case 'changed':
      return { answer: `${last.rows} small order was open, and is closed now.` };
    case 'failed':
      return { answer: `I could not do it: ${last.reason}` };
  }
}
