package main

import (
	"crypto/tls"
	"crypto/x509"
	"database/sql"
	"encoding/json"
	"errors"
	"os"

	"github.com/go-sql-driver/mysql"
)

func check(err error) {
	if err != nil {
		panic(err)
	}
}

func errno(db *sql.DB, text string) uint16 {
	_, err := db.Exec(text)
	var server *mysql.MySQLError
	if errors.As(err, &server) {
		return server.Number
	}
	return 0
}

func main() {
	pem, err := os.ReadFile(os.Getenv("DB_CA"))
	check(err)
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(pem)
	check(mysql.RegisterTLSConfig("proxy", &tls.Config{RootCAs: pool, ServerName: "localhost"}))
	config := mysql.NewConfig()
	config.User, config.Passwd = os.Getenv("DB_USER"), os.Getenv("DB_PASSWORD")
	config.Net, config.Addr = "tcp", os.Getenv("DB_HOST")+":"+os.Getenv("DB_PORT")
	config.DBName, config.TLSConfig, config.AllowCleartextPasswords = os.Getenv("DB_SCHEMA"), "proxy", true
	db, err := sql.Open("mysql", config.FormatDSN())
	check(err)
	out := map[string]interface{}{}

	rows, err := db.Query("SELECT id, name FROM items ORDER BY id")
	check(err)
	text := [][]interface{}{}
	for rows.Next() {
		var id int
		var name string
		check(rows.Scan(&id, &name))
		text = append(text, []interface{}{id, name})
	}
	out["text"] = text

	var name, email string
	check(db.QueryRow("SELECT name FROM items WHERE id = ?", 2).Scan(&name))
	out["prepared"] = name
	transaction, err := db.Begin()
	check(err)
	_, err = transaction.Exec("INSERT INTO notes VALUES (1, 'gone')")
	check(err)
	check(transaction.Rollback())
	var count, big int
	check(db.QueryRow("SELECT COUNT(*) FROM notes").Scan(&count))
	out["rolledBack"] = count
	out["error"] = errno(db, "SELECT * FROM no_such_table")
	rows, err = db.Query("SELECT filler FROM big")
	check(err)
	for rows.Next() {
		var filler string
		check(rows.Scan(&filler))
		big += len(filler)
	}
	out["big"] = big
	check(db.QueryRow("SELECT email FROM customers WHERE id = 1").Scan(&email))
	out["masked"] = email
	out["refused"] = errno(db, "DELETE FROM customers")
	check(json.NewEncoder(os.Stdout).Encode(out))
}
