/** The form in which a transport sends records. */
export interface RecordFormat {
  /** Names the form in options and messages. */
  readonly name: string;
  /** Media type of one record. Where it is JSON, it ends in `json`. */
  readonly contentType: string;
  /** Media type of a JSON array of records; `application/json` where not given. */
  readonly arrayContentType?: string;
  /**
   * A record in this form.
   * @param record - its JSON as the journal has it, UTF-8; its memory is used again after the batch
   * @returns UTF-8, without a newline in it
   */
  encode(record: Buffer): Buffer;
}

/** The record itself, byte for byte. */
export const recordJson: RecordFormat = {
  name: 'countersign',
  contentType: 'application/json',
  encode: (record) => record,
};

/** Whether a format gives JSON. */
export function isJson(format: RecordFormat): boolean {
  return format.contentType.endsWith('json');
}
