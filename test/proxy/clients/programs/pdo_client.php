<?php
require __DIR__ . '/scenario.php';

$e = getenv();
$dsn = "mysql:host={$e['DB_HOST']};port={$e['DB_PORT']};dbname={$e['DB_SCHEMA']};charset=utf8mb4";
$db = new PDO($dsn, $e['DB_USER'], $e['DB_PASSWORD'], [
    PDO::MYSQL_ATTR_SSL_CA => $e['DB_CA'],
    PDO::ATTR_EMULATE_PREPARES => false,
    PDO::ATTR_ERRMODE => PDO::ERRMODE_EXCEPTION,
]);

scenario(
    rows: fn ($sql) => $db->query($sql)->fetchAll(PDO::FETCH_NUM),
    prepared: function ($sql, $id) use ($db) {
        $statement = $db->prepare($sql);
        $statement->execute([$id]);
        return $statement->fetchColumn();
    },
    run: fn ($sql) => $db->query($sql),
    begin: fn () => $db->beginTransaction(),
    rollback: fn () => $db->rollBack(),
    error: fn ($thrown) => $thrown->errorInfo[1],
);
