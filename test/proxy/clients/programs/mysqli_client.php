<?php
$e = getenv();
mysqli_report(MYSQLI_REPORT_ERROR | MYSQLI_REPORT_STRICT);
$db = mysqli_init();
mysqli_ssl_set($db, null, null, $e['DB_CA'], null, null);
$db->real_connect($e['DB_HOST'], $e['DB_USER'], $e['DB_PASSWORD'], $e['DB_SCHEMA'], (int) $e['DB_PORT'], null, MYSQLI_CLIENT_SSL);

function rows($sql) {
    global $db;
    return $db->query($sql)->fetch_all(MYSQLI_NUM);
}

function errno($sql) {
    global $db;
    try {
        $db->query($sql);
        return 0;
    } catch (mysqli_sql_exception $error) {
        return $error->getCode();
    }
}

$out = ['text' => array_map(fn ($row) => [(int) $row[0], $row[1]], rows('SELECT id, name FROM items ORDER BY id'))];
$prepared = $db->prepare('SELECT name FROM items WHERE id = ?');
$id = 2;
$prepared->bind_param('i', $id);
$prepared->execute();
$out['prepared'] = $prepared->get_result()->fetch_row()[0];
$db->begin_transaction();
$db->query("INSERT INTO notes VALUES (1, 'gone')");
$db->rollback();
$out['rolledBack'] = (int) rows('SELECT COUNT(*) FROM notes')[0][0];
$out['error'] = errno('SELECT * FROM no_such_table');
$out['big'] = array_sum(array_map(fn ($row) => strlen($row[0]), rows('SELECT filler FROM big')));
$out['masked'] = rows('SELECT email FROM customers WHERE id = 1')[0][0];
$out['refused'] = errno('DELETE FROM customers');
echo json_encode($out), "\n";
