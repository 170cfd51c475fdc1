import { readFile } from 'node:fs/promises';
import { parseAllDocuments } from 'yaml';

const folder = new URL('../../deploy/', import.meta.url);

/** The documents of a YAML file below `deploy/`. Throws where it is none. */
export async function readDocuments(file: string): Promise<Record<string, unknown>[]> {
  return parseAllDocuments(await readFile(new URL(file, folder), 'utf8')).map((document) => {
    if (document.errors.length > 0) throw new Error(`${file}: ${document.errors.join('; ')}`);
    return document.toJS() as Record<string, unknown>;
  });
}
