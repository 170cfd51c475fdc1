// Session variables whose change neither reaches beyond the session nor hides from the analysis what later statements do. The
// ones that decide how text is read (sql_mode, character sets) are reported, and the session decides.
const SETTABLE: ReadonlySet<string> = new Set([
  'autocommit',
  'character_set_client',
  'character_set_connection',
  'character_set_results',
  'character_set_server',
  'collation_connection',
  'collation_server',
  'div_precision_increment',
  'foreign_key_checks',
  'group_concat_max_len',
  'information_schema_stats_expiry',
  'innodb_lock_wait_timeout',
  'interactive_timeout',
  'lc_time_names',
  'lock_wait_timeout',
  'max_execution_time',
  'max_statement_time',
  'net_read_timeout',
  'net_write_timeout',
  'optimizer_switch',
  'session_track_system_variables',
  'sql_auto_is_null',
  'sql_big_selects',
  'sql_mode',
  'sql_notes',
  'sql_quote_show_create',
  'sql_safe_updates',
  'sql_select_limit',
  'sql_warnings',
  'terminology_use_previous',
  'time_zone',
  'transaction_isolation',
  'transaction_read_only',
  'tx_isolation',
  'tx_read_only',
  'unique_checks',
  'wait_timeout',
]);

/** Whether SET may change this session variable. @param name in lower case */
export function isSettable(name: string): boolean {
  return SETTABLE.has(name);
}
