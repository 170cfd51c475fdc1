/**
 * Counts the work of a function on strings: characters that are read, and those that a search or pattern passes. No clock is in it, so that
 * it tells the same on every machine.
 */
export function countWork(run: () => void): number {
  let work = 0;
  const { charAt, charCodeAt, indexOf, slice } = String.prototype;
  const { exec } = RegExp.prototype;
  String.prototype.charAt = function (at) {
    work++;
    return charAt.call(this, at);
  };
  String.prototype.charCodeAt = function (at) {
    work++;
    return charCodeAt.call(this, at);
  };
  String.prototype.indexOf = function (searched, from = 0) {
    const found = indexOf.call(this, searched, from);
    work += (found < 0 ? this.length : found) - from + 1;
    return found;
  };
  String.prototype.slice = function (start, end) {
    const part = slice.call(this, start, end);
    work += part.length;
    return part;
  };
  RegExp.prototype.exec = function (text) {
    const from = this.global || this.sticky ? this.lastIndex : 0;
    const match = exec.call(this, text);
    const failedAt = this.sticky ? from : text.length;
    work += 1 + (match === null ? failedAt : match.index + match[0].length) - from;
    return match;
  };
  try {
    run();
  } finally {
    Object.assign(String.prototype, { charAt, charCodeAt, indexOf, slice });
    Object.assign(RegExp.prototype, { exec });
  }
  return work;
}
