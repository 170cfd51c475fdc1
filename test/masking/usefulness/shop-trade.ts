/** What the shop's customers and employees do; no masked value is in it but those of `payments`. */
import { type Row, daysAgo, pick, rows } from './shop-values.js';

const CATEGORIES = ['Books', 'Toys', 'Garden', 'Kitchen', 'Audio', 'Office'];
const STATUSES = ['new', 'paid', 'shipped', 'delivered', 'cancelled', 'delivered', 'returned', 'paid'];
const SUBJECTS = ['Where is my order', 'I want a refund', 'Wrong colour', 'Invoice needed', 'Cannot log in'];
const BODIES = ['It has not come yet.', 'Please send a refund soon.', 'I ordered red and got blue.', 'Many thanks!'];
const PLANS = [
  { plan: 'basic', monthly_price: '9.90' },
  { plan: 'plus', monthly_price: '19.90' },
  { plan: 'pro', monthly_price: '49.90' },
];

const priceOf = (product: number): number => 4.5 + product * 3.25;

/** Rows of `products`; nobody has bought the last two. */
export const PRODUCTS: readonly Row[] = rows(30, (id) => ({
  id,
  sku: `SKU-${String(id).padStart(4, '0')}`,
  name: `${pick(CATEGORIES, id)} article ${String(id)}`,
  category: pick(CATEGORIES, id),
  price: priceOf(id).toFixed(2),
  cost: (priceOf(id) * 0.6).toFixed(2),
  stock: (id * 7) % 50,
  attributes: JSON.stringify({
    color: pick(['red', 'blue', 'green'], id),
    weight: id / 10,
    tags: id % 4 ? [] : ['new'],
  }),
  active: id % 10 === 0 ? 0 : 1,
}));

/** Rows of `order_items`: one to three of each order. */
export const ORDER_ITEMS: readonly (Row & { order_id: number; quantity: number; unit_price: string })[] = rows(
  120,
  (order_id) =>
    rows(1 + (order_id % 3), (line_no) => {
      const product_id = 1 + ((order_id * 5 + line_no * 11) % 28);
      return {
        order_id,
        line_no,
        product_id,
        quantity: 1 + (order_id % 4),
        unit_price: priceOf(product_id).toFixed(2),
      };
    }),
).flat();

function totalOf(order: number): string {
  const items = ORDER_ITEMS.filter(({ order_id }) => order_id === order);
  return items.reduce((sum, { quantity, unit_price }) => sum + quantity * Number(unit_price), 0).toFixed(2);
}

const customerOf = (order: number): number => 1 + ((order * 7) % 36);

/** Rows of `orders`; the last four customers have none. */
export const ORDERS: readonly Row[] = rows(120, (id) => {
  const status = pick(STATUSES, id);
  return {
    id,
    customer_id: customerOf(id),
    employee_id: id % 4 === 0 ? null : 1 + (id % 20),
    status,
    total: totalOf(id),
    ordered_at: daysAgo(2 + id * 3, id * 5),
    shipped_at: ['shipped', 'delivered', 'returned'].includes(status) ? daysAgo(id * 3, id) : null,
    coupon: id % 5 === 0 ? 'SAVE10' : null,
    shipping: JSON.stringify({
      method: pick(['standard', 'express'], id),
      address: { city: pick(['Rome', 'Ulm'], id) },
    }),
    note: id % 7 === 0 ? 'gift' : null,
  };
});

/** Rows of `payments`: one for each order, whatever became of it. */
export const PAYMENTS: readonly Row[] = rows(120, (id) => ({
  id,
  order_id: id,
  customer_id: customerOf(id),
  method: pick(['card', 'iban', 'voucher', 'card'], id),
  card_number: `5285930971860${String(id).padStart(3, '0')}`,
  iban: `DE7712345678${String(id).padStart(10, '0')}`,
  amount: totalOf(id),
  status: pick(['settled', 'settled', 'refunded', 'settled', 'pending'], id),
  paid_at: daysAgo(1 + id * 3, id * 2),
}));

/** Rows of `tickets`. */
export const TICKETS: readonly Row[] = rows(60, (id) => ({
  id,
  customer_id: 1 + ((id * 11) % 36),
  employee_id: id % 3 === 0 ? null : 1 + (id % 20),
  subject: pick(SUBJECTS, id),
  body: pick(BODIES, id),
  priority: pick(['normal', 'low', 'high', 'normal', 'urgent'], id),
  status: pick(['open', 'closed', 'closed', 'pending'], id),
  opened_at: daysAgo(5 + id * 4, id),
  closed_at: [1, 2].includes(id % 4) ? daysAgo(3 + id * 4, id) : null,
  tags: JSON.stringify(id % 6 === 0 ? ['vip', 'late'] : ['web']),
}));

/** Rows of `visits`; some are of nobody who is known. */
export const VISITS: readonly Row[] = rows(200, (id) => ({
  id,
  customer_id: id % 5 === 0 ? null : 1 + ((id * 3) % 34),
  session_id: `sess-${String(Math.floor(id / 3))}`,
  page: pick(['/home', '/search', '/cart', '/checkout', '/account', '/help', '/sale'], id),
  referrer: id % 2 === 0 ? null : pick(['https://search.test/q', 'https://news.test/a', 'https://ads.test/x'], id),
  device: pick(['mobile', 'desktop', 'mobile', 'tablet', 'mobile', 'desktop', 'mobile'], id),
  visited_at: daysAgo(2 + id, id * 7),
  duration_s: (id * 13) % 300,
}));

/** Rows of `subscriptions`: some customers have two, some none. */
export const SUBSCRIPTIONS: readonly Row[] = rows(40, (id) => ({
  id,
  customer_id: 1 + ((id * 5) % 33),
  ...pick(PLANS, id),
  started_on: daysAgo(100 + id * 11).slice(0, 10),
  ended_on: id % 3 === 0 ? daysAgo(10 + id * 5).slice(0, 10) : null,
  auto_renew: id % 3 === 0 ? 0 : 1,
}));
