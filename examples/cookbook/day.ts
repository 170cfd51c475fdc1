/** What an agent does for a task. */
export interface Visit {
  readonly agent: string;
  readonly task: string;
  readonly goal: string;
  readonly statements: readonly string[];
  /** Carol is asked for an approval meanwhile. */
  readonly isApproved?: boolean;
}

/** The shop has drafts of orders, which the others do not need. */
export const DRAFTS = "INSERT INTO orders VALUES (13, 1, 12.00, 'draft'), (14, 2, 7.50, 'draft')";

/** The day that the cookbook asks about. */
export const DAY: readonly Visit[] = [
  {
    agent: 'cleanup-agent',
    task: 'OPS-77',
    goal: 'Throw the drafts away: which are there?',
    statements: ["SELECT id FROM orders WHERE status = 'draft'", 'DELETE FROM orders', 'TRUNCATE TABLE orders'],
  },
  {
    agent: 'reporting-agent',
    task: 'REP-9',
    goal: 'A list of the customers',
    statements: [
      "SELECT * FROM customers INTO OUTFILE '/tmp/customers.txt'",
      'select name from customers order by email',
    ],
  },
  {
    agent: 'support-agent',
    task: 'SUP-1042',
    goal: 'Who is customer 1?',
    statements: ['SELECT name, email FROM customers WHERE id = 1'],
  },
  {
    agent: 'cleanup-agent',
    task: 'OPS-77',
    goal: 'Throw the drafts away, as carol is asked',
    statements: ["DELETE FROM orders WHERE status = 'draft'", 'SELECT COUNT(*) AS left_over FROM orders'],
    isApproved: true,
  },
];
