/** Words that begin a command of `mysqltest` rather than a statement. */
const COMMANDS: ReadonlySet<string> = new Set(
  `append_file assert cat_file change_user character_set chmod_file connect connection copy_file dec die diff_files dirty_close
   disconnect echo end end_timer error eval eval_result evalp exec execw exit expr file_exists horizontal_results if inc let list_files
   lowercase_result mkdir move_file output perl ping query query_get_value query_horizontal query_vertical real_sleep reap
   remove_file remove_files_wildcard replace_column replace_numeric_round replace_regex replace_result require reset_connection result
   rmdir rpl_probe save_master_pos send send_eval send_quit send_shutdown shutdown_server skip sleep sorted_result source
   start_timer sync_slave_with_master sync_with_master system vertical_results wait_for_slave_to_stop while write_file write_line
   force_cpdir force_rmdir list_files_append_file list_files_write_file partially_sorted_result copy_files_wildcard
   query_attributes result_format`.split(/\s+/),
);
const WITH_SQL = ['eval', 'evalp', 'query', 'query_horizontal', 'query_vertical', 'send', 'send_eval'];
const WITH_TEXT = ['append_file', 'perl', 'write_file'];

/** Whether a word, in lower case, begins a command. */
export function isCommand(word: string): boolean {
  return COMMANDS.has(word) || /^(?:enable|disable)_/.test(word);
}

/** Whether a statement follows the command. */
export function takesSql(word: string): boolean {
  return WITH_SQL.includes(word);
}

/** Whether lines of text follow the command. */
export function takesText(word: string): boolean {
  return WITH_TEXT.includes(word);
}
