/** Why a text cannot be read. None of them holds a byte of the text. */
export const problems = {
  control: 'it has a NUL or another control character outside a literal',
  versionedComment:
    'it has a versioned comment (/*! or /*M!), which the server may or may not run: write its content without the comment',
  hint: 'it has an optimizer hint that sets a variable or quotes a name: take the hint out',
  comment: 'it has a comment without an end',
  string: 'it has a string without an end',
  identifier: 'it has a quoted identifier that is empty, not readable or without an end',
  literal: 'it has a malformed number, hexadecimal or bit literal',
  variable: 'it has an @ without a plain name behind it',
  dollar: 'it has an identifier that begins with $, which newer servers read as a quote: put it in backticks',
  tooLong: 'its canonical text is too long to be analysed',
  encoding: 'it is not valid UTF-8 outside its literals',
} as const;
