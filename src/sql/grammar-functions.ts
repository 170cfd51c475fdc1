import type { SqlDialect } from './analysis.js';

// Built-in functions that the server's grammar knows, by their keyword. It finds all others by their name. A name that is no keyword where it
// stands, because it is quoted, or apart from its parenthesis, is looked for among those others, and then among stored functions.

/** Keywords only where their parenthesis follows at once. @see https://dev.mysql.com/doc/refman/8.4/en/function-resolution.html */
const GLUED = `
  adddate bit_and bit_or bit_xor cast count curdate curtime date_add date_sub extract group_concat json_arrayagg
  json_objectagg max mid min now position session_user st_collect std stddev stddev_pop stddev_samp subdate substr
  substring sum system_user trim var_pop var_samp variance
`;
const GLUED_MARIADB = `
  cume_dist dense_rank first_value json_table lag lead median nth_value ntile percent_rank percentile_cont
  percentile_disc rank trim_oracle
`;
const GLUED_MYSQL = 'sysdate';

/** Keywords wherever they stand without quotes. */
const KEYWORDS = `
  ascii avg binary char character charset convert cume_dist current_date current_time current_timestamp
  current_user date day default dense_rank first_value get_format hour if insert interval json_table lag last_value
  lead left localtime localtimestamp match minute month not nth_value ntile percent_rank rank repeat replace
  right row row_number second sysdate time timestamp timestampadd timestampdiff truncate user utc_date utc_time
  utc_timestamp value values weight_string year
`;
const KEYWORDS_MARIADB = `
  column_add column_create column_delete column_get current_role lastval nextval rownum setval unique
`;
const KEYWORDS_MYSQL = `
  coalesce collation database format geomcollection geometrycollection grouping json_value linestring microsecond mod
  multilinestring multipoint multipolygon password point polygon quarter row_count schema week
`;

const listOf = (...texts: readonly string[]): readonly string[] => texts.join(' ').trim().split(/\s+/);

/** Functions of the grammar that need their parenthesis to follow at once, lower case. */
export const gluedFunctions: Readonly<Record<SqlDialect['flavour'], readonly string[]>> = {
  mariadb: listOf(GLUED, GLUED_MARIADB),
  mysql: listOf(GLUED, GLUED_MYSQL),
};

/** All functions of the grammar, lower case. */
export const grammarFunctions: Readonly<Record<SqlDialect['flavour'], ReadonlySet<string>>> = {
  mariadb: new Set([...gluedFunctions.mariadb, ...listOf(KEYWORDS, KEYWORDS_MARIADB)]),
  mysql: new Set([...gluedFunctions.mysql, ...listOf(KEYWORDS, KEYWORDS_MYSQL)]),
};
