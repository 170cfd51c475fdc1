/** A shop whose masked values can be told from all other values. */
import { format } from 'mysql2';
import { CUSTOMERS, EMPLOYEES } from './shop-people.js';
import { CREATE_TABLES, CREATE_VIEWS, SHOP_MASKS, TABLE_NAMES } from './shop-tables.js';
import { ORDER_ITEMS, ORDERS, PAYMENTS, PRODUCTS, SUBSCRIPTIONS, TICKETS, VISITS } from './shop-trade.js';
import type { Row } from './shop-values.js';

const ROWS: Readonly<Record<string, readonly Row[]>> = {
  customers: CUSTOMERS,
  employees: EMPLOYEES,
  products: PRODUCTS,
  orders: ORDERS,
  order_items: ORDER_ITEMS,
  payments: PAYMENTS,
  tickets: TICKETS,
  visits: VISITS,
  subscriptions: SUBSCRIPTIONS,
};

function insertInto(table: string): string {
  const made = ROWS[table] ?? [];
  return format('INSERT INTO ?? (??) VALUES ?', [
    table,
    Object.keys(made[0] ?? {}),
    made.map((row) => Object.values(row)),
  ]);
}

/** What makes the shop, in order. */
export const SHOP: readonly string[] = [
  ...CREATE_TABLES,
  ...TABLE_NAMES.map(insertInto),
  ...CREATE_VIEWS,
  `ANALYZE TABLE ${TABLE_NAMES.join(', ')}`,
];

function valuesOf(column: string): readonly string[] {
  const [table = '', name = ''] = column.split('.');
  return (ROWS[table] ?? []).map((row) => {
    const value = row[name];
    if (typeof value !== 'string') throw new Error(`${column} is masked and has no value in some row`);
    return value;
  });
}

const SECRETS: readonly string[] = Object.keys(SHOP_MASKS).flatMap(valuesOf);

if (new Set(SECRETS).size !== SECRETS.length) throw new Error('a masked value is there twice');

/** The first masked value that stands in a text, whatever its case. */
export function secretIn(text: string): string | undefined {
  const lower = text.toLowerCase();
  return SECRETS.find((secret) => lower.includes(secret.toLowerCase()));
}
