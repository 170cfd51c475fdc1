/** Texts of the sizes that the bench of the analysis is about. */

/** A point select of about 60 bytes. */
export function pointSelectText(): string {
  return "SELECT id, total FROM orders WHERE id = 12345 AND state = 'a'";
}

/** An ORM's select of about 2 kB. */
export function wideSelect(): string {
  const columns = Array.from(
    { length: 38 },
    (_, index) => `\`orders\`.\`column_${String(index)}\` AS \`orders_column_${String(index)}\``,
  );
  return `SELECT ${columns.join(', ')} FROM \`orders\` WHERE \`orders\`.\`id\` = 12345 AND \`orders\`.\`state\` = 'open' LIMIT 1`;
}

/** An INSERT of many rows, about 1 MB. */
export function bigInsert(): string {
  const rows = Array.from(
    { length: 19_000 },
    (_, id) => `(${String(id)}, ${String(id * 7)}, ${String(id)}.25, 'note number ${String(id)} of the row')`,
  );
  return `INSERT INTO orders (id, customer_id, total, note) VALUES ${rows.join(', ')}`;
}

/** A short statement, another for each index. */
export function distinctStatement(index: number): string {
  return `SELECT id, label, price, state FROM items_${String(index)} WHERE id = ? AND state = ? ORDER BY price DESC LIMIT 10`;
}

/** A statement near the longest that are analysed, another for each index. */
export function widestSelect(index: number): string {
  const columns = Array.from({ length: 3_500 }, (_, column) => `column_${String(column)}`);
  return `SELECT ${columns.join(', ')} FROM items_${String(index)} WHERE id = 1`;
}
