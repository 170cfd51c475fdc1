import { FieldType } from './constants.js';
import { PayloadReader } from './payload-reader.js';

/** One column of a result set, as its definition says. Names are as the server resolved them; empty for an expression. */
export interface ColumnDefinition {
  readonly schema: string;
  /** Alias of the table. */
  readonly table: string;
  /** Name of the table behind the alias; empty for an expression, the alias itself for a derived table. */
  readonly orgTable: string;
  /** Alias of the column. */
  readonly name: string;
  /** Name of the column behind the alias; empty for an expression. */
  readonly orgName: string;
  /** A `FieldType`. */
  readonly type: number;
  /** 63 is binary. */
  readonly characterSet: number;
  /** JSON; MariaDB says so in its extended metadata, as the format of a text. */
  readonly isJson: boolean;
  /** A number without a sign. */
  readonly unsigned: boolean;
}

const UNSIGNED_FLAG = 0x20;

/**
 * Reads a column definition of protocol 4.1.
 * @param extendedMetadata whether MARIADB_CLIENT_EXTENDED_METADATA was negotiated: one more string stands before the fixed fields
 * @see https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_com_query_response_text_resultset_column_definition.html
 */
export function readColumnDefinition(
  bytes: Buffer,
  start: number,
  end: number,
  extendedMetadata: boolean,
): ColumnDefinition {
  const reader = new PayloadReader(bytes, start, end);
  reader.lengthEncodedBytes(); // catalog, always "def"
  const schema = reader.lengthEncodedText();
  const table = reader.lengthEncodedText();
  const orgTable = reader.lengthEncodedText();
  const name = reader.lengthEncodedText();
  const orgName = reader.lengthEncodedText();
  const isJsonText = extendedMetadata && isFormatJson(reader.lengthEncodedBytes());
  reader.lengthEncodedInt(); // length of the fixed fields
  const characterSet = reader.int2();
  reader.int4(); // column length
  const type = reader.int1();
  const unsigned = (reader.int2() & UNSIGNED_FLAG) !== 0;
  const isJson = isJsonText || type === FieldType.JSON;
  return { schema, table, orgTable, name, orgName, type, characterSet, isJson, unsigned };
}

const FORMAT = 1;

/** @see https://mariadb.com/kb/en/result-set-packets/#column-definition-packet */
function isFormatJson(metadata: Buffer): boolean {
  const reader = new PayloadReader(metadata, 0, metadata.length);
  while (reader.offset < metadata.length) {
    const isFormat = reader.int1() === FORMAT;
    const text = reader.lengthEncodedText();
    if (isFormat && text === 'json') return true;
  }
  return false;
}
