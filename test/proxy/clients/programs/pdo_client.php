<?php
$e = getenv();
$dsn = "mysql:host={$e['DB_HOST']};port={$e['DB_PORT']};dbname={$e['DB_SCHEMA']};charset=utf8mb4";
$db = new PDO($dsn, $e['DB_USER'], $e['DB_PASSWORD'], [
    PDO::MYSQL_ATTR_SSL_CA => $e['DB_CA'],
    PDO::ATTR_EMULATE_PREPARES => false,
    PDO::ATTR_ERRMODE => PDO::ERRMODE_EXCEPTION,
]);

function rows($sql, $args = null) {
    global $db;
    if ($args === null) return $db->query($sql)->fetchAll(PDO::FETCH_NUM);
    $prepared = $db->prepare($sql);
    $prepared->execute($args);
    return $prepared->fetchAll(PDO::FETCH_NUM);
}

function errno($sql) {
    global $db;
    try {
        $db->query($sql);
        return 0;
    } catch (PDOException $error) {
        return $error->errorInfo[1];
    }
}

$out = ['text' => array_map(fn ($row) => [(int) $row[0], $row[1]], rows('SELECT id, name FROM items ORDER BY id'))];
$out['prepared'] = rows('SELECT name FROM items WHERE id = ?', [2])[0][0];
$db->beginTransaction();
$db->exec("INSERT INTO notes VALUES (1, 'gone')");
$db->rollBack();
$out['rolledBack'] = (int) rows('SELECT COUNT(*) FROM notes')[0][0];
$out['error'] = errno('SELECT * FROM no_such_table');
$out['big'] = array_sum(array_map(fn ($row) => strlen($row[0]), rows('SELECT filler FROM big')));
$out['masked'] = rows('SELECT email FROM customers WHERE id = 1')[0][0];
$out['refused'] = errno('DELETE FROM customers');
echo json_encode($out), "\n";
