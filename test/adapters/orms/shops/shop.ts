import type { TestSchema } from '../../../database/schema.js';

/** A customer, as every library gives it. */
export interface Customer {
  readonly name: string;
  readonly email: string | null;
}

/** A table of customers, and what a library is asked to do with it, in its own words. */
export interface Shop {
  byId(id: number): Promise<Customer>;
  add(name: string, city: string): Promise<unknown>;
  inCity(city: string): Promise<readonly Customer[]>;
  /** Moves a customer within a transaction, which is rolled back where `fails` says so. */
  move(id: number, city: string, fails: boolean): Promise<unknown>;
  /** Deletes every customer. */
  clear(): Promise<unknown>;
}

/** A shop of a library that has connections of its own. */
export interface OpenShop extends Shop {
  close(): Promise<unknown>;
}

/** A row of the table, as libraries want it described. */
export interface CustomerRow {
  id: number;
  name: string;
  email: string | null;
  city: string | null;
}

/** Where the database is. */
export type ShopConnection = TestSchema['connection'];
