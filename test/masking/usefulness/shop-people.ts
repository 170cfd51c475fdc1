/** Customers and employees of the shop: every masked value is there once, is never NULL, and is like no other value. */
import { type Row, daysAgo, pick } from './shop-values.js';

const DAY_MS = 86_400_000;
const LAST_NAMES = ['Keller', 'Rossi', 'Novak', 'Dubois', 'Jansen', 'Costa', 'Meyer', 'Silva', 'Weber', 'Laurent'];
const FIRST_NAMES =
  'Alice Bruno Carla David Elena Felix Greta Hugo Ines Jonas Klara Luca Maria Noah Olga Paul Quinn Rosa Stefan Tara Ulrich Vera Wim Xenia Yusuf Zoe Anton Bea Cyril Dora Emil Fatma Georg Hanna Ivan Jana Karim Lena Milan Nora'.split(
    ' ',
  );
const STAFF_NAMES =
  'Otto Britta Carsten Doris Ernst Frida Gunnar Heike Igor Julia Knut Lotte Manfred Nadja Oskar Petra Ralf Silke Timo Ute'.split(
    ' ',
  );
const CITIES: Readonly<Record<string, readonly string[]>> = {
  DE: ['Berlin', 'Munich', 'Berlin'],
  FR: ['Paris', 'Lyon', 'Paris'],
  IT: ['Rome', 'Milan', 'Rome'],
  NL: ['Amsterdam', 'Utrecht'],
  ES: ['Madrid', 'Valencia', 'Madrid'],
};
const COUNTRIES = ['DE', 'FR', 'DE', 'IT', 'NL', 'DE', 'FR', 'IT', 'DE', 'ES', 'IT', 'DE', 'NL'];

function emailOf(first: string, id: number, domain: string): string {
  return `${first.toLowerCase()}.${String(id).padStart(2, '0')}.zq7@${domain}`;
}

/** The masked values of a customer, in the order of its columns. */
function privateOf(
  first: string,
  id: number,
): Record<'email' | 'phone' | 'ssn' | 'birth_date' | 'balance' | 'card', string> {
  const two = String(id).padStart(2, '0');
  return {
    email: emailOf(first, id, pick(['gmail.test', 'example.test', 'firma.test'], id)),
    phone: `+49 171 88${String(10_000 + id * 37)}`,
    ssn: `9${two}-7${String(id % 10)}-88${two}`,
    birth_date: new Date(Date.UTC(1950, 0, 13) + id * 431 * DAY_MS).toISOString().slice(0, 10),
    balance: (40_000.17 + id * 1_013.29).toFixed(2),
    card: `4929710385${String(260_000 + id)}`,
  };
}

/** Rows of `customers`. */
export const CUSTOMERS: readonly Row[] = FIRST_NAMES.map((first, index) => {
  const id = index + 1;
  const country = pick(COUNTRIES, id);
  return {
    id,
    name: `${first} ${pick(LAST_NAMES, id)}`,
    ...privateOf(first, id),
    city: pick(CITIES[country] ?? [], Math.floor(id / 5)),
    country,
    status: id % 9 === 0 ? 'blocked' : id % 11 === 0 ? 'closed' : 'active',
    newsletter: id % 3 === 1 ? 1 : 0,
    created_at: daysAgo(20 + id * 23, id),
    last_login_at: id % 4 === 0 ? null : daysAgo(3 + id * 5, id * 3),
  };
});

/** Rows of `employees`: a tree of three levels. */
export const EMPLOYEES: readonly Row[] = STAFF_NAMES.map((first, index) => {
  const id = index + 1;
  return {
    id,
    name: `${first} ${pick(LAST_NAMES, id * 3)}`,
    email: emailOf(first, id, 'staff.test'),
    title: id === 1 ? 'Director' : id <= 5 ? 'Lead' : pick(['Agent', 'Clerk', 'Engineer'], id),
    department: pick(['Sales', 'Support', 'Warehouse', 'Finance', 'IT'], id),
    manager_id: id === 1 ? null : id <= 5 ? 1 : 2 + (id % 4),
    salary: (3_137.41 + id * 211.73).toFixed(2),
    hired_on: daysAgo(200 + id * 97).slice(0, 10),
    active: id === 13 ? 0 : 1,
  };
});
