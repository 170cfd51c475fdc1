import { createRequire } from 'node:module';
import type * as Core from 'libphonenumber-js/core';
import type * as Library from 'libphonenumber-js/max';

const require = createRequire(import.meta.url);
let library: typeof Library | undefined;

/** libphonenumber-js, loaded when the first rule wants phone numbers: its tables take a program 50 ms of its start. */
export function phoneLibrary(): typeof Library {
  return (library ??= require('libphonenumber-js/max') as typeof Library);
}

/** The library's tables, which its CommonJS has in another place. */
export function phoneMetadata(): Library.Metadata {
  const { Metadata } = require('libphonenumber-js/core') as typeof Core;
  return new Metadata(require('libphonenumber-js/metadata.max.json') as ConstructorParameters<typeof Metadata>[0]);
}
