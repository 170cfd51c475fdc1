import { createConnection } from 'mysql2/promise';
import type { CaptureSource } from '../source.js';
import { attemptAll } from './attempt.js';

const TEXT = 'varchar(24)';
const SCHEMA: readonly string[] = [
  `create table warehouse (w_id smallint not null primary key, w_name varchar(10), w_street_1 varchar(20), w_street_2 varchar(20), w_city varchar(20), w_state char(2), w_zip char(9), w_tax decimal(4,2), w_ytd decimal(12,2)) engine=InnoDB`,
  `create table district (d_id tinyint not null, d_w_id smallint not null, d_name varchar(10), d_street_1 varchar(20), d_street_2 varchar(20), d_city varchar(20), d_state char(2), d_zip char(9), d_tax decimal(4,2), d_ytd decimal(12,2), d_next_o_id int, primary key (d_w_id, d_id)) engine=InnoDB`,
  `create table customer (c_id int not null, c_d_id tinyint not null, c_w_id smallint not null, c_first varchar(16), c_middle char(2), c_last varchar(16), c_street_1 varchar(20), c_street_2 varchar(20), c_city varchar(20), c_state char(2), c_zip char(9), c_phone char(16), c_since datetime, c_credit char(2), c_credit_lim bigint, c_discount decimal(4,2), c_balance decimal(12,2), c_ytd_payment decimal(12,2), c_payment_cnt smallint, c_delivery_cnt smallint, c_data text, primary key (c_w_id, c_d_id, c_id)) engine=InnoDB`,
  'create table history (h_c_id int, h_c_d_id tinyint, h_c_w_id smallint, h_d_id tinyint, h_w_id smallint, h_date datetime, h_amount decimal(6,2), h_data varchar(24)) engine=InnoDB',
  'create table new_orders (no_o_id int not null, no_d_id tinyint not null, no_w_id smallint not null, primary key (no_w_id, no_d_id, no_o_id)) engine=InnoDB',
  'create table orders (o_id int not null, o_d_id tinyint not null, o_w_id smallint not null, o_c_id int, o_entry_d datetime, o_carrier_id tinyint, o_ol_cnt tinyint, o_all_local tinyint, primary key (o_w_id, o_d_id, o_id)) engine=InnoDB',
  'create table order_line (ol_o_id int not null, ol_d_id tinyint not null, ol_w_id smallint not null, ol_number tinyint not null, ol_i_id int, ol_supply_w_id smallint, ol_delivery_d datetime, ol_quantity tinyint, ol_amount decimal(6,2), ol_dist_info char(24), primary key (ol_w_id, ol_d_id, ol_o_id, ol_number)) engine=InnoDB',
  'create table item (i_id int not null, i_im_id int, i_name varchar(24), i_price decimal(5,2), i_data varchar(50), primary key (i_id)) engine=InnoDB',
  `create table stock (s_i_id int not null, s_w_id smallint not null, s_quantity smallint, ${Array.from({ length: 10 }, (_, index) => `s_dist_${String(index + 1).padStart(2, '0')} ${TEXT}`).join(', ')}, s_ytd decimal(8,0), s_order_cnt smallint, s_remote_cnt smallint, s_data varchar(50), primary key (s_w_id, s_i_id)) engine=InnoDB`,
  'create index idx_customer on customer (c_w_id, c_d_id, c_last, c_first)',
  'create index fkey_stock_2 on stock (s_i_id)',
  'alter table order_line add constraint fkey_order_line_1_1 foreign key (ol_w_id, ol_d_id, ol_o_id) references orders (o_w_id, o_d_id, o_id)',
  'alter table stock add constraint fkey_stock_1_1 foreign key (s_w_id) references warehouse (w_id)',
];

/** Statement and parameters, prepared as the drivers of the benchmark do. */
type Step = readonly [sql: string, ...values: (string | number)[]];

const NEW_ORDER: readonly Step[] = [
  [
    'SELECT c_discount, c_last, c_credit, w_tax FROM customer, warehouse WHERE w_id = ? AND c_w_id = w_id AND c_d_id = ? AND c_id = ?',
    1,
    1,
    1,
  ],
  ['SELECT d_next_o_id, d_tax FROM district WHERE d_id = ? AND d_w_id = ? FOR UPDATE', 1, 1],
  ['UPDATE district SET d_next_o_id = ? + 1 WHERE d_id = ? AND d_w_id = ?', 3, 1, 1],
  [
    'INSERT INTO orders (o_id, o_d_id, o_w_id, o_c_id, o_entry_d, o_ol_cnt, o_all_local) VALUES (?, ?, ?, ?, ?, ?, ?)',
    3,
    1,
    1,
    1,
    '2026-01-02',
    1,
    1,
  ],
  ['INSERT INTO new_orders (no_o_id, no_d_id, no_w_id) VALUES (?, ?, ?)', 3, 1, 1],
  ['SELECT i_price, i_name, i_data FROM item WHERE i_id = ?', 1],
  [
    'SELECT s_quantity, s_data, s_dist_01, s_dist_02, s_dist_03, s_dist_04, s_dist_05, s_dist_06, s_dist_07, s_dist_08, s_dist_09, s_dist_10 FROM stock WHERE s_i_id = ? AND s_w_id = ? FOR UPDATE',
    1,
    1,
  ],
  ['UPDATE stock SET s_quantity = ? WHERE s_i_id = ? AND s_w_id = ?', 9, 1, 1],
  [
    'INSERT INTO order_line (ol_o_id, ol_d_id, ol_w_id, ol_number, ol_i_id, ol_supply_w_id, ol_quantity, ol_amount, ol_dist_info) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)',
    3,
    1,
    1,
    1,
    1,
    1,
    5,
    9.5,
    'x',
  ],
];

const PAYMENT: readonly Step[] = [
  ['UPDATE warehouse SET w_ytd = w_ytd + ? WHERE w_id = ?', 5, 1],
  ['SELECT w_street_1, w_street_2, w_city, w_state, w_zip, w_name FROM warehouse WHERE w_id = ?', 1],
  ['UPDATE district SET d_ytd = d_ytd + ? WHERE d_w_id = ? AND d_id = ?', 5, 1, 1],
  ['SELECT count(c_id) FROM customer WHERE c_w_id = ? AND c_d_id = ? AND c_last = ?', 1, 1, 'x'],
  ['SELECT c_id FROM customer WHERE c_w_id = ? AND c_d_id = ? AND c_last = ? ORDER BY c_first', 1, 1, 'x'],
  [
    'SELECT c_first, c_middle, c_last, c_street_1, c_street_2, c_city, c_state, c_zip, c_phone, c_credit, c_credit_lim, c_discount, c_balance, c_since FROM customer WHERE c_w_id = ? AND c_d_id = ? AND c_id = ? FOR UPDATE',
    1,
    1,
    1,
  ],
  ['SELECT c_data FROM customer WHERE c_w_id = ? AND c_d_id = ? AND c_id = ?', 1, 1, 1],
  ['UPDATE customer SET c_balance = ?, c_data = ? WHERE c_w_id = ? AND c_d_id = ? AND c_id = ?', 3, 'd', 1, 1, 1],
  [
    'INSERT INTO history (h_c_d_id, h_c_w_id, h_c_id, h_d_id, h_w_id, h_date, h_amount, h_data) VALUES (?, ?, ?, ?, ?, NOW(), ?, ?)',
    1,
    1,
    1,
    1,
    1,
    5,
    'h',
  ],
];

const REST: readonly Step[] = [
  [
    'SELECT c_balance, c_first, c_middle, c_last FROM customer WHERE c_w_id = ? AND c_d_id = ? AND c_last = ? ORDER BY c_first',
    1,
    1,
    'x',
  ],
  [
    'SELECT o_id, o_entry_d, COALESCE(o_carrier_id, 0) FROM orders WHERE o_w_id = ? AND o_d_id = ? AND o_c_id = ? AND o_id = (SELECT MAX(o_id) FROM orders WHERE o_w_id = ? AND o_d_id = ? AND o_c_id = ?)',
    1,
    1,
    1,
    1,
    1,
    1,
  ],
  [
    'SELECT ol_i_id, ol_supply_w_id, ol_quantity, ol_amount, ol_delivery_d FROM order_line WHERE ol_w_id = ? AND ol_d_id = ? AND ol_o_id = ?',
    1,
    1,
    3,
  ],
  ['SELECT COALESCE(MIN(no_o_id), 0) FROM new_orders WHERE no_d_id = ? AND no_w_id = ?', 1, 1],
  ['DELETE FROM new_orders WHERE no_o_id = ? AND no_d_id = ? AND no_w_id = ?', 3, 1, 1],
  ['SELECT o_c_id FROM orders WHERE o_id = ? AND o_d_id = ? AND o_w_id = ?', 3, 1, 1],
  ['UPDATE orders SET o_carrier_id = ? WHERE o_id = ? AND o_d_id = ? AND o_w_id = ?', 4, 3, 1, 1],
  ['UPDATE order_line SET ol_delivery_d = ? WHERE ol_o_id = ? AND ol_d_id = ? AND ol_w_id = ?', '2026-01-02', 3, 1, 1],
  ['SELECT SUM(ol_amount) FROM order_line WHERE ol_o_id = ? AND ol_d_id = ? AND ol_w_id = ?', 3, 1, 1],
  [
    'UPDATE customer SET c_balance = c_balance + ?, c_delivery_cnt = c_delivery_cnt + 1 WHERE c_id = ? AND c_d_id = ? AND c_w_id = ?',
    5,
    1,
    1,
    1,
  ],
  ['SELECT d_next_o_id FROM district WHERE d_id = ? AND d_w_id = ?', 1, 1],
  [
    'SELECT DISTINCT ol_i_id FROM order_line WHERE ol_w_id = ? AND ol_d_id = ? AND ol_o_id < ? AND ol_o_id >= (? - 20)',
    1,
    1,
    4,
    4,
  ],
  ['SELECT count(*) FROM stock WHERE s_w_id = ? AND s_i_id = ? AND s_quantity < ?', 1, 1, 15],
  [
    'SELECT COUNT(DISTINCT (s_i_id)) AS low_stock FROM order_line, stock WHERE ol_w_id = ? AND ol_d_id = ? AND ol_o_id < ? AND ol_o_id >= ? - 20 AND s_w_id = ? AND s_i_id = ol_i_id AND s_quantity < ?',
    1,
    1,
    4,
    4,
    1,
    15,
  ],
];

/** TPC-C: the schema and the five transactions of its specification, prepared as tpcc-mysql does. */
export const tpcc: CaptureSource = {
  name: 'tpcc',
  run: async ({ host, port, user, password, database }) => {
    const connection = await createConnection({ host, port, user, password, database });
    await attemptAll(
      'tpcc schema',
      SCHEMA.map((sql) => () => connection.query(sql)),
    );
    for (const steps of [NEW_ORDER, PAYMENT, REST]) {
      await connection.beginTransaction();
      await attemptAll(
        'tpcc',
        steps.map(
          ([sql, ...values]) =>
            () =>
              connection.execute(sql, values),
        ),
      );
      await connection.commit();
    }
    await connection.end();
  },
};
