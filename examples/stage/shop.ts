/** The shop that the agents work on. */
export const SHOP: readonly string[] = [
  'CREATE TABLE customers (id INT PRIMARY KEY, name VARCHAR(64), email VARCHAR(128), city VARCHAR(64))',
  "INSERT INTO customers VALUES (1,'Alice Adams','alice.adams@example.test','Bern'),(2,'Bob Brown','bob@example.test','Oslo'),(3,'Carol Clark','carol@example.test','Bern')",
  'CREATE TABLE orders (id INT PRIMARY KEY, customer_id INT, total DECIMAL(10,2), status VARCHAR(16))',
  "INSERT INTO orders VALUES (10,1,99.50,'open'),(11,2,15.25,'open'),(12,3,250.00,'shipped')",
];
