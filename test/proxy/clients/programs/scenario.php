<?php
/** What every client does; how is up to the caller. $error makes the number of what it throws. */
function scenario(callable $rows, callable $prepared, callable $run, callable $begin, callable $rollback, callable $error) {
    $errno = function ($sql) use ($run, $error) {
        try {
            $run($sql);
            return 0;
        } catch (Exception $thrown) {
            return $error($thrown);
        }
    };
    $out = ['text' => array_map(fn ($row) => [(int) $row[0], $row[1]], $rows('SELECT id, name FROM items ORDER BY id'))];
    $out['prepared'] = $prepared('SELECT name FROM items WHERE id = ?', 2);
    $begin();
    $run("INSERT INTO notes VALUES (1, 'gone')");
    $rollback();
    $out['rolledBack'] = (int) $rows('SELECT COUNT(*) FROM notes')[0][0];
    $out['error'] = $errno('SELECT * FROM no_such_table');
    $out['big'] = array_sum(array_map(fn ($row) => strlen($row[0]), $rows('SELECT filler FROM big')));
    $out['masked'] = $rows('SELECT email FROM customers WHERE id = 1')[0][0];
    $out['refused'] = $errno('DELETE FROM customers');
    echo json_encode($out), "\n";
}
