import type { Knex } from 'knex';

interface Order {
  readonly id: number;
  readonly customer_id: number;
  readonly total: string;
  readonly status: string;
}

/** An order with whom it is of. */
export interface CustomerOrder extends Pick<Order, 'id' | 'status'> {
  readonly name: string;
  readonly email: string | null;
}

/** Nothing in here knows of Countersign: `db` is a knex instance. */
export function ordersOf(db: Knex, city: string): Promise<CustomerOrder[]> {
  return db<Order>('orders')
    .join('customers', 'customers.id', 'orders.customer_id')
    .select('orders.id', 'orders.status', 'customers.name', 'customers.email')
    .where('customers.city', city)
    .orderBy('orders.id');
}

/** Closes the orders that are open and not above a total. @returns how many */
export function closeSmallOrders(db: Knex, total: number): Promise<number> {
  return db<Order>('orders').where('status', 'open').andWhere('total', '<=', total).update({ status: 'closed' });
}

/** Closes them and throws them away, or does neither. */
export async function clearSmallOrders(db: Knex, total: number): Promise<void> {
  await db.transaction(async (transaction) => {
    await closeSmallOrders(transaction, total);
    await transaction<Order>('orders').where('status', 'closed').delete();
  });
}
