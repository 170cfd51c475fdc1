import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.StringJoiner;

public class Client {
  static Connection db;

  static int errno(String sql) {
    try (Statement statement = db.createStatement()) {
      statement.execute(sql);
      return 0;
    } catch (SQLException error) {
      return error.getErrorCode();
    }
  }

  static String one(String sql) throws SQLException {
    try (Statement statement = db.createStatement(); ResultSet rows = statement.executeQuery(sql)) {
      rows.next();
      return rows.getString(1);
    }
  }

  public static void main(String[] args) throws Exception {
    String url = "jdbc:mariadb://" + System.getenv("DB_HOST") + ":" + System.getenv("DB_PORT") + "/" + System.getenv("DB_SCHEMA")
        + "?useSsl=true&useServerPrepStmts=true&serverSslCert=" + System.getenv("DB_CA");
    db = DriverManager.getConnection(url, System.getenv("DB_USER"), System.getenv("DB_PASSWORD"));
    StringJoiner text = new StringJoiner(",", "[", "]");
    try (Statement statement = db.createStatement(); ResultSet rows = statement.executeQuery("SELECT id, name FROM items ORDER BY id")) {
      while (rows.next()) text.add("[" + rows.getInt(1) + ",\"" + rows.getString(2) + "\"]");
    }
    String prepared;
    try (PreparedStatement statement = db.prepareStatement("SELECT name FROM items WHERE id = ?")) {
      statement.setInt(1, 2);
      ResultSet rows = statement.executeQuery();
      rows.next();
      prepared = rows.getString(1);
    }
    db.setAutoCommit(false);
    try (Statement statement = db.createStatement()) {
      statement.execute("INSERT INTO notes VALUES (1, 'gone')");
    }
    db.rollback();
    db.setAutoCommit(true);
    String rolledBack = one("SELECT COUNT(*) FROM notes");
    int error = errno("SELECT * FROM no_such_table");
    long big = 0;
    try (Statement statement = db.createStatement(); ResultSet rows = statement.executeQuery("SELECT filler FROM big")) {
      while (rows.next()) big += rows.getString(1).length();
    }
    String masked = one("SELECT email FROM customers WHERE id = 1");
    int refused = errno("DELETE FROM customers");
    System.out.println("{\"text\":" + text + ",\"prepared\":\"" + prepared + "\",\"rolledBack\":" + rolledBack + ",\"error\":" + error
        + ",\"big\":" + big + ",\"masked\":\"" + masked + "\",\"refused\":" + refused + "}");
  }
}
