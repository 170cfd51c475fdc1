import importlib, json, os, sys

# pymysql or MySQLdb: they have the same interface
driver = importlib.import_module(sys.argv[1])
e = os.environ
db = driver.connect(host=e['DB_HOST'], port=int(e['DB_PORT']), user=e['DB_USER'], password=e['DB_PASSWORD'],
                    database=e['DB_SCHEMA'], ssl={'ca': e['DB_CA']}, autocommit=True, charset='utf8mb4')
c = db.cursor()


def rows(sql, *args):
    c.execute(sql, args or None)
    return [list(row) for row in c.fetchall()]


def errno(sql):
    try:
        c.execute(sql)
        return 0
    except driver.MySQLError as error:
        return error.args[0]


out = {'text': rows('SELECT id, name FROM items ORDER BY id'), 'prepared': rows('SELECT name FROM items WHERE id = %s', 2)[0][0]}
db.begin()
c.execute("INSERT INTO notes VALUES (1, 'gone')")
db.rollback()
out['rolledBack'] = rows('SELECT COUNT(*) FROM notes')[0][0]
out['error'] = errno('SELECT * FROM no_such_table')
out['big'] = sum(len(row[0]) for row in rows('SELECT filler FROM big'))
out['masked'] = rows('SELECT email FROM customers WHERE id = 1')[0][0]
out['refused'] = errno('DELETE FROM customers')
print(json.dumps(out))
