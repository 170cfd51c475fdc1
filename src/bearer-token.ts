/** The token of an `Authorization` header; undefined where it has none. @see https://www.rfc-editor.org/rfc/rfc6750#section-2.1 */
export function bearerTokenOf(authorization: string | undefined): string | undefined {
  return /^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1];
}
