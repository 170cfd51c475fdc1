import type { SqlDialect } from './analysis.js';

/** Functions that came, or went, with a version. */
interface VersionedFunctions {
  /** The first version that surely has them, as in versioned comments: 0 for every version that is supported. */
  readonly since: number;
  /** The first version without them. */
  readonly until?: number;
  readonly names: string;
}

/** Functions of MySQL from 8.0 and MariaDB from 10.6. */
const COMMON = `
  abs acos adddate addtime aes_decrypt aes_encrypt ascii asin atan atan2 avg benchmark bin binary bit_and bit_count
  bit_length bit_or bit_xor cast ceil ceiling char char_length character character_length charset coalesce coercibility
  collation compress concat concat_ws connection_id conv convert convert_tz cos cot count crc32 cume_dist curdate
  current_date current_role current_time current_timestamp current_user curtime database date date_add date_format
  date_sub datediff day dayname dayofmonth dayofweek dayofyear default degrees dense_rank elt exp export_set extract
  extractvalue field find_in_set first_value floor format found_rows from_base64 from_days from_unixtime get_format
  get_lock greatest group_concat hex hour if ifnull inet6_aton inet6_ntoa inet_aton inet_ntoa insert instr interval
  is_free_lock is_ipv4 is_ipv4_compat is_ipv4_mapped is_ipv6 is_used_lock isnull json_array json_array_append
  json_array_insert json_arrayagg json_contains json_contains_path json_depth json_extract json_insert json_keys
  json_length json_merge json_merge_patch json_merge_preserve json_object json_objectagg json_pretty json_quote
  json_remove json_replace json_search json_set json_table json_type json_unquote json_valid lag last_day last_insert_id
  last_value lcase lead least left length ln load_file localtime localtimestamp locate log log10 log2 lower lpad ltrim
  make_set makedate maketime master_pos_wait match max mbrcontains mbrdisjoint mbrequals mbrintersects mbroverlaps
  mbrtouches mbrwithin microsecond mid min minute mod month monthname name_const not now nth_value ntile nullif oct
  octet_length ord percent_rank period_add period_diff pi position pow power quarter quote radians rand rank
  regexp_instr regexp_replace regexp_substr release_all_locks release_lock repeat replace reverse right round row
  row_count row_number rpad rtrim schema sec_to_time second session_user sha2 sign sin sleep soundex space sqrt st_area
  st_asbinary st_asgeojson st_astext st_aswkb st_aswkt st_buffer st_centroid st_contains st_convexhull st_crosses
  st_difference st_dimension st_disjoint st_distance st_distance_sphere st_endpoint st_envelope st_equals
  st_exteriorring st_geomcollfromtext st_geomcollfromwkb st_geometrycollectionfromtext st_geometrycollectionfromwkb
  st_geometryfromtext st_geometryfromwkb st_geometryn st_geometrytype st_geomfromgeojson st_geomfromtext st_geomfromwkb
  st_interiorringn st_intersection st_intersects st_isclosed st_isempty st_issimple st_length st_linefromtext
  st_linefromwkb st_linestringfromtext st_linestringfromwkb st_mlinefromtext st_mlinefromwkb st_mpointfromtext
  st_mpointfromwkb st_mpolyfromtext st_mpolyfromwkb st_numgeometries st_numinteriorrings st_numpoints st_overlaps
  st_pointfromtext st_pointfromwkb st_pointn st_polyfromtext st_polyfromwkb st_polygonfromtext st_polygonfromwkb st_srid
  st_startpoint st_symdifference st_touches st_union st_within st_x st_y std stddev stddev_pop stddev_samp str_to_date
  strcmp subdate substr substring substring_index subtime sum sysdate system_user tan time time_format time_to_sec
  timediff timestamp timestampadd timestampdiff to_base64 to_days to_seconds trim truncate ucase uncompress
  uncompressed_length unhex unix_timestamp updatexml upper user utc_date utc_time utc_timestamp uuid uuid_short value
  values var_pop var_samp variance version week weekday weekofyear weight_string year yearweek
`;

const MARIADB: readonly VersionedFunctions[] = [
  {
    since: 0,
    names: `
      add_months area asbinary astext aswkb aswkt binlog_gtid_pos boundary buffer centroid chr column_add column_check
      column_create column_delete column_exists column_get column_json column_list concat_operator_oracle contains
      convexhull crosses decode decode_histogram decode_oracle des_decrypt des_encrypt dimension disjoint encode
      encrypt endpoint envelope equals exteriorring geomcollfromtext geomcollfromwkb geometrycollection
      geometrycollectionfromtext geometrycollectionfromwkb geometryfromtext geometryfromwkb geometryn geometrytype
      geomfromtext geomfromwkb glength interiorringn intersects isclosed isempty isring issimple json_compact
      json_detailed json_exists json_loose json_query json_value lastval lengthb linefromtext linefromwkb linestring
      linestringfromtext linestringfromwkb lpad_oracle ltrim_oracle master_gtid_wait mbrequal md5 median mlinefromtext
      mlinefromwkb mpointfromtext mpointfromwkb mpolyfromtext mpolyfromwkb multilinestring multilinestringfromtext
      multilinestringfromwkb multipoint multipointfromtext multipointfromwkb multipolygon multipolygonfromtext
      multipolygonfromwkb nextval numgeometries numinteriorrings numpoints nvl nvl2 old_password overlaps password
      percentile_cont percentile_disc point pointfromtext pointfromwkb pointn pointonsurface polyfromtext polyfromwkb
      polygon polygonfromtext polygonfromwkb replace_oracle rownum rpad_oracle rtrim_oracle schemas setval sha sha1
      srid st_boundary st_isring st_pointonsurface st_relate startpoint substr_oracle sys_guid to_char touches
      trim_oracle unique within wsrep_last_seen_gtid wsrep_last_written_gtid wsrep_sync_wait_upto_gtid x y
    `,
  },
  {
    since: 10_11_00,
    names: `
      crc32c json_equals json_normalize json_overlaps natural_sort_key random_bytes sformat
    `,
  },
  {
    since: 11_04_00,
    names: `
      json_array_intersect json_key_value json_object_filter_keys json_object_to_array json_schema_valid kdf
    `,
  },
  {
    since: 11_08_00,
    names: `
      format_bytes format_pico_time uuid_v4 uuid_v7 vec_distance vec_distance_cosine vec_distance_euclidean
      vec_fromtext vec_totext
    `,
  },
  {
    since: 12_03_00,
    names: `
      st_collect st_geohash st_isvalid st_latfromgeohash st_longfromgeohash st_pointfromgeohash st_simplify
      st_validate to_date to_number trunc
    `,
  },
];

const MYSQL: readonly VersionedFunctions[] = [
  {
    since: 0,
    names: `
      any_value bin_to_uuid can_access_column can_access_database can_access_table can_access_user can_access_view
      geomcollection geometrycollection get_dd_column_privileges get_dd_create_options get_dd_index_sub_part_length
      grouping gtid_subset gtid_subtract icu_version is_uuid is_visible_dd_object json_storage_free json_storage_size
      linestring mbrcoveredby mbrcovers multilinestring multipoint multipolygon password point polygon random_bytes
      regexp_like roles_graphml st_buffer_strategy st_geohash st_isvalid st_latfromgeohash st_latitude
      st_longfromgeohash st_longitude st_makeenvelope st_pointfromgeohash st_simplify st_swapxy st_validate
      statement_digest statement_digest_text uuid_to_bin validate_password_strength wait_for_executed_gtid_set
    `,
  },
  {
    since: 8_00_36,
    names: `
      format_bytes format_pico_time json_overlaps json_schema_valid json_schema_validation_report json_value
      ps_current_thread_id ps_thread_id source_pos_wait st_collect st_frechetdistance st_hausdorffdistance
      st_lineinterpolatepoint st_lineinterpolatepoints st_pointatdistance st_transform
    `,
  },
  {
    since: 9_00_00,
    names: `
      from_vector string_to_vector to_vector vector_dim vector_to_string
    `,
  },
  // A component since, which may not be there.
  {
    since: 0,
    until: 9_06_00,
    names: `
      md5 sha sha1
    `,
  },
];

const VERSIONED = { mariadb: MARIADB, mysql: MYSQL };

const listed = new Map<string, ReadonlySet<string>>();

/**
 * The functions that a server brings along. A list has to be one of its version: where it named a function that the server has not,
 * a stored function of that name would pass for it.
 */
export function builtInFunctions({ flavour, version }: SqlDialect): ReadonlySet<string> {
  const key = `${flavour} ${version}`;
  let names = listed.get(key);
  if (names === undefined) {
    const parts = VERSIONED[flavour].filter(({ since, until = Infinity }) => since <= version && version < until);
    names = new Set([COMMON, ...parts.map((part) => part.names)].join(' ').trim().split(/\s+/));
    listed.set(key, names);
  }
  return names;
}

/**
 * The functions among these that the server does not bring along: stored functions and loadable ones. A name without a schema
 * means the server's own function where there is one.
 * @param functions lower case, with their schema where it is written
 */
export function foreignFunctions(functions: readonly string[], dialect: SqlDialect): readonly string[] {
  const builtIn = builtInFunctions(dialect);
  return functions.filter((name) => !builtIn.has(name));
}
