import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.Properties;

/** What BI tools over JDBC (Metabase, DBeaver, Tableau) ask through DatabaseMetaData, and how they run queries. */
class Metadata {
  public static void main(String[] args) throws Exception {
    Properties login = new Properties();
    login.setProperty("user", args[1]);
    login.setProperty("password", args[2]);
    String[] options = {"", "?useServerPrepStmts=true", "?rewriteBatchedStatements=true&useCompression=false"};
    for (String option : options) {
      try (Connection connection = DriverManager.getConnection(args[0] + option, login)) {
        metadata(connection);
        queries(connection);
      }
    }
  }

  private static void metadata(Connection connection) throws Exception {
    DatabaseMetaData data = connection.getMetaData();
    String schema = connection.getCatalog();
    drain(data.getCatalogs());
    drain(data.getSchemas());
    drain(data.getTableTypes());
    drain(data.getTables(schema, null, "%", new String[] {"TABLE", "VIEW"}));
    drain(data.getTables(schema, null, "ord%", null));
    drain(data.getColumns(schema, null, "orders", "%"));
    drain(data.getPrimaryKeys(schema, null, "orders"));
    drain(data.getImportedKeys(schema, null, "orders"));
    drain(data.getExportedKeys(schema, null, "customers"));
    drain(data.getCrossReference(schema, null, "customers", schema, null, "orders"));
    drain(data.getIndexInfo(schema, null, "orders", false, true));
    drain(data.getIndexInfo(schema, null, "orders", true, false));
    drain(data.getBestRowIdentifier(schema, null, "orders", DatabaseMetaData.bestRowSession, true));
    drain(data.getVersionColumns(schema, null, "orders"));
    drain(data.getProcedures(schema, null, "%"));
    drain(data.getProcedureColumns(schema, null, "%", "%"));
    drain(data.getFunctions(schema, null, "%"));
    drain(data.getFunctionColumns(schema, null, "%", "%"));
    drain(data.getTablePrivileges(schema, null, "orders"));
    drain(data.getColumnPrivileges(schema, null, "orders", "%"));
    drain(data.getTypeInfo());
    drain(data.getClientInfoProperties());
    data.getUserName();
    data.getDatabaseProductVersion();
    data.getDefaultTransactionIsolation();
  }

  private static void queries(Connection connection) throws Exception {
    connection.isValid(1);
    connection.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
    connection.getTransactionIsolation();
    connection.setReadOnly(true);
    connection.setReadOnly(false);
    connection.setAutoCommit(false);
    try (Statement statement = connection.createStatement()) {
      statement.setMaxRows(2000);
      statement.setQueryTimeout(30);
      drain(statement.executeQuery("SELECT `source`.`state` AS `state`, count(*) AS `count` FROM (SELECT * FROM orders) AS `source` GROUP BY `source`.`state` ORDER BY `source`.`state` ASC"));
      drain(statement.executeQuery("SELECT DATE(`placed_at`) AS `placed_at`, SUM(`total`) AS `sum` FROM `orders` WHERE `placed_at` >= date_add(CURRENT_DATE, INTERVAL -30 day) AND `placed_at` < CURRENT_DATE GROUP BY DATE(`placed_at`) ORDER BY DATE(`placed_at`) ASC"));
    }
    java.sql.Savepoint savepoint = connection.setSavepoint("before");
    try (PreparedStatement insert = connection.prepareStatement("INSERT INTO customers (email, name) VALUES (?, ?)", Statement.RETURN_GENERATED_KEYS)) {
      for (int row = 0; row < 3; row += 1) {
        insert.setString(1, "j" + row + "@x.org");
        insert.setString(2, "J");
        insert.addBatch();
      }
      insert.executeBatch();
    }
    connection.rollback(savepoint);
    connection.commit();
    connection.setAutoCommit(true);
    connection.setCatalog(connection.getCatalog());
  }

  private static void drain(ResultSet rows) throws Exception {
    while (rows.next()) rows.getObject(1);
    rows.close();
  }
}
