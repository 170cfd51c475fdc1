/** Capability flags of a login. @see https://dev.mysql.com/doc/dev/mysql-server/latest/group__group__cs__capabilities__flags.html */
export const LoginFlag = {
  LONG_PASSWORD: 0x1,
  LONG_FLAG: 0x4,
  CONNECT_WITH_DB: 0x8,
  COMPRESS: 0x20,
  LOCAL_FILES: 0x80,
  PROTOCOL_41: 0x200,
  SSL: 0x800,
  TRANSACTIONS: 0x2000,
  SECURE_CONNECTION: 0x8000,
  MULTI_STATEMENTS: 0x1_00_00,
  MULTI_RESULTS: 0x2_00_00,
  PS_MULTI_RESULTS: 0x4_00_00,
  PLUGIN_AUTH: 0x8_00_00,
  CONNECT_ATTRS: 0x10_00_00,
  SESSION_TRACK: 0x80_00_00,
  DEPRECATE_EOF: 0x1_00_00_00,
  OPTIONAL_RESULTSET_METADATA: 0x2_00_00_00,
  QUERY_ATTRIBUTES: 0x8_00_00_00,
} as const;

/** MariaDB's extended flags. @see https://mariadb.com/kb/en/connection/ */
export const MariadbFlag = {
  STMT_BULK_OPERATIONS: 0x4,
  CACHE_METADATA: 0x10,
} as const;
