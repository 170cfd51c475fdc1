const MISSING = /^Cannot find package '((?:@[^/']+\/)?[^/']+)'/;

/** What to say of a package that is not there: a command that talks to a database needs mysql2, which who installs Countersign chooses. */
export function missingPackage(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error) || error.code !== 'ERR_MODULE_NOT_FOUND') return undefined;
  const name = MISSING.exec(error.message)?.[1];
  return name === undefined ? undefined : `${name} is needed for this: npm install ${name}`;
}
