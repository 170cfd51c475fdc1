// Governed by `--import countersign/register`.
const { withTask } = require('countersign');
const mysql = require('mysql2');

const connection = mysql.createConnection(JSON.parse(process.env['CONNECTION']));
withTask('OPS-77', () => {
  connection.query('SELECT id FROM t WHERE id > ?', [0], (error, rows) => {
    connection.query('DELETE FROM t', (denied) => {
      process.stdout.write(`${rows.length} ${denied.errno}\n`);
      connection.end();
    });
  });
});
