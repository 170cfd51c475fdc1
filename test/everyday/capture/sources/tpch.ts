import { createConnection } from 'mysql2/promise';
import type { CaptureSource } from '../source.js';
import { attemptAll } from './attempt.js';
import { TPCH_QUERIES } from './tpch-queries.js';

const SCHEMA: readonly string[] = [
  'create table region (r_regionkey integer not null, r_name char(25) not null, r_comment varchar(152), primary key (r_regionkey))',
  `create table nation (n_nationkey integer not null, n_name char(25) not null, n_regionkey integer not null, n_comment varchar(152), primary key (n_nationkey),
  foreign key (n_regionkey) references region (r_regionkey))`,
  `create table part (p_partkey integer not null, p_name varchar(55) not null, p_mfgr char(25) not null, p_brand char(10) not null, p_type varchar(25) not null,
  p_size integer not null, p_container char(10) not null, p_retailprice decimal(15,2) not null, p_comment varchar(23) not null, primary key (p_partkey))`,
  `create table supplier (s_suppkey integer not null, s_name char(25) not null, s_address varchar(40) not null, s_nationkey integer not null, s_phone char(15) not null,
  s_acctbal decimal(15,2) not null, s_comment varchar(101) not null, primary key (s_suppkey), foreign key (s_nationkey) references nation (n_nationkey))`,
  `create table partsupp (ps_partkey integer not null, ps_suppkey integer not null, ps_availqty integer not null, ps_supplycost decimal(15,2) not null,
  ps_comment varchar(199) not null, primary key (ps_partkey, ps_suppkey))`,
  `create table customer (c_custkey integer not null, c_name varchar(25) not null, c_address varchar(40) not null, c_nationkey integer not null, c_phone char(15) not null,
  c_acctbal decimal(15,2) not null, c_mktsegment char(10) not null, c_comment varchar(117) not null, primary key (c_custkey))`,
  `create table orders (o_orderkey integer not null, o_custkey integer not null, o_orderstatus char(1) not null, o_totalprice decimal(15,2) not null,
  o_orderdate date not null, o_orderpriority char(15) not null, o_clerk char(15) not null, o_shippriority integer not null, o_comment varchar(79) not null, primary key (o_orderkey))`,
  `create table lineitem (l_orderkey integer not null, l_partkey integer not null, l_suppkey integer not null, l_linenumber integer not null, l_quantity decimal(15,2) not null,
  l_extendedprice decimal(15,2) not null, l_discount decimal(15,2) not null, l_tax decimal(15,2) not null, l_returnflag char(1) not null, l_linestatus char(1) not null,
  l_shipdate date not null, l_commitdate date not null, l_receiptdate date not null, l_shipinstruct char(25) not null, l_shipmode char(10) not null,
  l_comment varchar(44) not null, primary key (l_orderkey, l_linenumber))`,
  'create index l_shipdate_idx on lineitem (l_shipdate)',
  'alter table partsupp add foreign key (ps_suppkey) references supplier (s_suppkey)',
  'alter table lineitem add foreign key (l_orderkey) references orders (o_orderkey)',
];

// The two refresh functions.
const REFRESH: readonly string[] = [
  "insert into orders values (1, 370, 'O', 172799.49, date '1996-01-02', '5-LOW', 'Clerk#000000951', 0, 'nstructions sleep')",
  "insert into lineitem values (1, 1552, 93, 1, 17, 24710.35, 0.04, 0.02, 'N', 'O', date '1996-03-13', date '1996-02-12', date '1996-03-22', 'DELIVER IN PERSON', 'TRUCK', 'egular courts')",
  'delete from lineitem where l_orderkey = 1',
  'delete from orders where o_orderkey = 1',
];

/** TPC-H: schema, queries and refresh functions of its specification. */
export const tpch: CaptureSource = {
  name: 'tpch',
  run: async ({ host, port, user, password, database }) => {
    const connection = await createConnection({ host, port, user, password, database });
    const all = [...SCHEMA, ...REFRESH, ...TPCH_QUERIES];
    await attemptAll(
      'tpch',
      all.map((sql) => () => connection.query(sql)),
    );
    await connection.end();
  },
};
