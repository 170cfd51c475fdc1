import { createRequire } from 'node:module';
import type * as Library from 'libphonenumber-js/max';

const require = createRequire(import.meta.url);
let library: typeof Library | undefined;

/** libphonenumber-js, loaded when the first rule wants phone numbers: its tables take a program 50 ms of its start. */
export function phoneLibrary(): typeof Library {
  return (library ??= require('libphonenumber-js/max') as typeof Library);
}
