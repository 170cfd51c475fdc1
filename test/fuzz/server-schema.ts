import type { Flavour } from '../database/types.js';

/** What the server has when it runs inputs of the fuzzer: a function, a trigger and, where there are such, a sequence leave a trace of each use. */
export function serverSchema(flavour: Flavour): readonly string[] {
  return [...TABLES, ...DETECTORS, ...(flavour === 'mariadb' ? ['CREATE SEQUENCE s NOCACHE'] : [])];
}

const TABLES: readonly string[] = [
  `CREATE TABLE customers (id INT PRIMARY KEY, name VARCHAR(64), email VARCHAR(128), ssn CHAR(11), card VARCHAR(19), balance DECIMAL(12,2))`,
  `CREATE TABLE orders (id INT PRIMARY KEY, customer_id INT, total DECIMAL(12,2), note VARCHAR(255))`,
  `INSERT INTO customers VALUES (1, 'Alice Adams', 'alice@example.test', '731-52-8840', '4929710385264417', 73915.28),
    (2, 'Bob Brown', 'bob@example.test', '482-16-9973', '5285930471866204', 48260.91), (99, 'Carol Clark', NULL, NULL, NULL, 15877.36)`,
  `INSERT INTO orders VALUES (10, 1, 99.50, 'gift'), (11, 2, 15.25, NULL), (12, 99, 250.00, 'rush')`,
];

const DETECTORS: readonly string[] = [
  `CREATE TABLE calls (id INT AUTO_INCREMENT PRIMARY KEY, caller VARCHAR(64))`,
  `CREATE FUNCTION f(x TEXT) RETURNS INT DETERMINISTIC MODIFIES SQL DATA
    BEGIN INSERT INTO calls (caller) VALUES ('f'); RETURN 1; END`,
  `CREATE PROCEDURE p() MODIFIES SQL DATA INSERT INTO calls (caller) VALUES ('p')`,
  `CREATE TRIGGER noted AFTER UPDATE ON orders FOR EACH ROW INSERT INTO calls (caller) VALUES ('trigger')`,
];
