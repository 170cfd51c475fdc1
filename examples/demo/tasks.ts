import type { ToolCall } from './tools.js';

/** One task of the day, and the tool calls that the agent makes for it. */
export interface Task {
  readonly id: string;
  readonly agent: string;
  readonly goal: string;
  readonly calls: readonly ToolCall[];
}

/** The first tasks, and the one that runs while the collector is away. */
export const tasks: readonly Task[] = [
  {
    id: 'SUP-1042',
    agent: 'support-agent',
    goal: 'Whom do we have in Bern?',
    calls: [{ tool: 'query', sql: "SELECT id, name, email FROM customers WHERE city = 'Bern' ORDER BY id" }],
  },
  {
    id: 'OPS-77',
    agent: 'billing-agent',
    goal: 'Close order 11, then tidy the orders up',
    calls: [
      { tool: 'execute', sql: 'UPDATE orders SET status = ? WHERE id = ?', parameters: ['closed', 11] },
      { tool: 'query', sql: 'DELETE FROM orders' },
      { tool: 'query', sql: 'SELECT UPPER(email) FROM customers' },
    ],
  },
  {
    id: 'REP-9',
    agent: 'report-agent',
    goal: 'Revenue by status, while the collector is down',
    calls: [
      { tool: 'query', sql: 'SELECT status, SUM(total) AS revenue FROM orders GROUP BY status ORDER BY status' },
      { tool: 'execute', sql: 'SELECT COUNT(*) AS big_orders FROM orders WHERE total > ?', parameters: [50] },
    ],
  },
];
