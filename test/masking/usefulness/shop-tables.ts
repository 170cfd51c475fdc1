import type { MaskerName } from '../../../src/masking/index.js';

/** Which columns of the shop are masked, and how. */
export const SHOP_MASKS: Readonly<Record<string, MaskerName>> = {
  'customers.email': 'email',
  'customers.phone': 'redact',
  'customers.ssn': 'redact',
  'customers.birth_date': 'redact',
  'customers.balance': 'redact',
  'customers.card': 'redact',
  'employees.salary': 'redact',
  'employees.email': 'redact',
  'payments.card_number': 'redact',
  'payments.iban': 'redact',
};

/** What a query inserts gets an id from here on. */
export const FIRST_NEW_ID = 1000;

// The statistics stay as they are: EXPLAIN tells of them.
const OPTIONS = `AUTO_INCREMENT = ${String(FIRST_NEW_ID)} STATS_AUTO_RECALC = 0`;

const TABLES: Readonly<Record<string, string>> = {
  customers: `id INT AUTO_INCREMENT PRIMARY KEY, name VARCHAR(80) NOT NULL, email VARCHAR(120) UNIQUE, phone VARCHAR(32), ssn CHAR(11),
    birth_date DATE, city VARCHAR(40), country CHAR(2), status ENUM('active', 'blocked', 'closed') NOT NULL DEFAULT 'active',
    newsletter TINYINT NOT NULL DEFAULT 0, created_at DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP, last_login_at DATETIME,
    balance DECIMAL(12,2) DEFAULT 0, card VARCHAR(19), KEY (country)`,
  employees: `id INT AUTO_INCREMENT PRIMARY KEY, name VARCHAR(80) NOT NULL, email VARCHAR(120), title VARCHAR(60), department VARCHAR(40),
    manager_id INT, salary DECIMAL(10,2), hired_on DATE, active TINYINT NOT NULL DEFAULT 1, FOREIGN KEY (manager_id) REFERENCES employees (id)`,
  products: `id INT AUTO_INCREMENT PRIMARY KEY, sku VARCHAR(20) NOT NULL UNIQUE, name VARCHAR(80) NOT NULL, category VARCHAR(40),
    price DECIMAL(8,2) NOT NULL, cost DECIMAL(8,2) NOT NULL, stock INT NOT NULL DEFAULT 0, attributes JSON, active TINYINT NOT NULL DEFAULT 1`,
  orders: `id INT AUTO_INCREMENT PRIMARY KEY, customer_id INT NOT NULL, employee_id INT,
    status ENUM('new', 'paid', 'shipped', 'delivered', 'cancelled', 'returned') NOT NULL, total DECIMAL(10,2) NOT NULL,
    ordered_at DATETIME NOT NULL, shipped_at DATETIME, coupon VARCHAR(20), shipping JSON, note VARCHAR(255), KEY (ordered_at),
    FOREIGN KEY (customer_id) REFERENCES customers (id), FOREIGN KEY (employee_id) REFERENCES employees (id)`,
  order_items: `order_id INT NOT NULL, line_no INT NOT NULL, product_id INT NOT NULL, quantity INT NOT NULL, unit_price DECIMAL(8,2) NOT NULL,
    PRIMARY KEY (order_id, line_no), FOREIGN KEY (order_id) REFERENCES orders (id), FOREIGN KEY (product_id) REFERENCES products (id)`,
  payments: `id INT AUTO_INCREMENT PRIMARY KEY, order_id INT NOT NULL, customer_id INT NOT NULL, method ENUM('card', 'iban', 'voucher') NOT NULL,
    card_number VARCHAR(19), iban VARCHAR(34), amount DECIMAL(10,2) NOT NULL, status ENUM('pending', 'settled', 'refunded', 'failed') NOT NULL,
    paid_at DATETIME NOT NULL, FOREIGN KEY (order_id) REFERENCES orders (id)`,
  tickets: `id INT AUTO_INCREMENT PRIMARY KEY, customer_id INT NOT NULL, employee_id INT, subject VARCHAR(120) NOT NULL, body TEXT,
    priority ENUM('low', 'normal', 'high', 'urgent') NOT NULL, status ENUM('open', 'pending', 'closed') NOT NULL,
    opened_at DATETIME NOT NULL, closed_at DATETIME, tags JSON, FOREIGN KEY (customer_id) REFERENCES customers (id)`,
  visits: `id INT AUTO_INCREMENT PRIMARY KEY, customer_id INT, session_id VARCHAR(20) NOT NULL, page VARCHAR(60) NOT NULL, referrer VARCHAR(120),
    device VARCHAR(20), visited_at DATETIME NOT NULL, duration_s INT NOT NULL, KEY (customer_id)`,
  subscriptions: `id INT AUTO_INCREMENT PRIMARY KEY, customer_id INT NOT NULL, plan VARCHAR(20) NOT NULL, monthly_price DECIMAL(8,2) NOT NULL,
    started_on DATE NOT NULL, ended_on DATE, auto_renew TINYINT NOT NULL DEFAULT 1, FOREIGN KEY (customer_id) REFERENCES customers (id)`,
};

/** Names of the shop's tables; the first column of each is a key, or leads one. */
export const TABLE_NAMES: readonly string[] = Object.keys(TABLES);

/** What makes the tables, in the order of their references. */
export const CREATE_TABLES: readonly string[] = Object.entries(TABLES).map(
  ([name, columns]) => `CREATE TABLE ${name} (${columns}) ${OPTIONS}`,
);

/** What makes the two views. */
export const CREATE_VIEWS: readonly string[] = [
  `CREATE VIEW customer_overview AS SELECT c.id AS customer_id, c.name, c.email AS contact, c.country, COUNT(o.id) AS orders,
    COALESCE(SUM(o.total), 0) AS revenue FROM customers c LEFT JOIN orders o ON o.customer_id = c.id GROUP BY c.id`,
  `CREATE VIEW staff_directory AS SELECT e.id, e.name, e.title, e.department, e.email, m.name AS manager
    FROM employees e LEFT JOIN employees m ON m.id = e.manager_id WHERE e.active = 1`,
];
