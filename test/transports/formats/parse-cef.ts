/** A line of CEF, taken apart. */
export interface CefEvent {
  readonly header: readonly string[];
  readonly extension: ReadonlyMap<string, string>;
}

/** Reads CEF as its standard says: what is escaped belongs to a value, a key stands after a space and before an unescaped `=`. */
export function parseCef(line: string): CefEvent {
  const header: string[] = [];
  let from = 0;
  for (let at = 0; header.length < 7; at++) {
    if (at >= line.length) throw new Error('the header is too short');
    if (line[at] === '\\') at++;
    else if (line[at] === '|') {
      header.push(line.slice(from, at).replace(/\\([\\|])/g, '$1'));
      from = at + 1;
    }
  }
  return { header, extension: parseExtension(line.slice(from)) };
}

function parseExtension(text: string): Map<string, string> {
  const extension = new Map<string, string>();
  // A value ends before the space of the next key, or at the end.
  const member = /([A-Za-z0-9_]+)=((?:\\[\s\S]|[^\\=])*?)(?: (?=[A-Za-z0-9_]+=)|$)/y;
  while (member.lastIndex < text.length) {
    const at = member.lastIndex;
    const [, key = '', value = ''] = member.exec(text) ?? [];
    if (key === '') throw new Error(`not an extension: ${text.slice(at)}`);
    extension.set(
      key,
      value.replace(/\\([\\=nr])/g, (_, escaped: string) => UNESCAPED[escaped] ?? ''),
    );
  }
  return extension;
}

const UNESCAPED: Readonly<Record<string, string>> = { '\\': '\\', '=': '=', n: '\n', r: '\r' };
