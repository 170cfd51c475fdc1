/**
 * What the schemas of a server hold: views, routines, triggers, foreign keys, generated columns and keys, and what statements do in their light.
 *
 * @module
 */

export { Catalogue, type CatalogueOptions, MAX_LOOK_UPS } from './catalogue.js';
export { CatalogueBook } from './catalogue-book.js';
export type { AskServer, CatalogueRow, CatalogueSource, DatabaseAccount } from './catalogue-source.js';
