<?php
require __DIR__ . '/scenario.php';

$e = getenv();
mysqli_report(MYSQLI_REPORT_ERROR | MYSQLI_REPORT_STRICT);
$db = mysqli_init();
mysqli_ssl_set($db, null, null, $e['DB_CA'], null, null);
$db->real_connect($e['DB_HOST'], $e['DB_USER'], $e['DB_PASSWORD'], $e['DB_SCHEMA'], (int) $e['DB_PORT'], null, MYSQLI_CLIENT_SSL);

scenario(
    rows: fn ($sql) => $db->query($sql)->fetch_all(MYSQLI_NUM),
    prepared: function ($sql, $id) use ($db) {
        $statement = $db->prepare($sql);
        $statement->bind_param('i', $id);
        $statement->execute();
        return $statement->get_result()->fetch_row()[0];
    },
    run: fn ($sql) => $db->query($sql),
    begin: fn () => $db->begin_transaction(),
    rollback: fn () => $db->rollback(),
    error: fn ($thrown) => $thrown->getCode(),
);
