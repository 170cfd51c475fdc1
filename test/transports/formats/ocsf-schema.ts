import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

interface Attribute {
  readonly requirement?: string | null;
  readonly enum?: Readonly<Record<string, unknown>>;
  readonly type?: string;
  readonly is_array?: boolean;
  /** The profile that brings it. */
  readonly profile?: string | null;
}
interface Definition {
  readonly name: string;
  readonly extends?: string;
  readonly attributes: Readonly<Record<string, Attribute>>;
  readonly profiles?: readonly string[];
  readonly constraints?: { readonly at_least_one?: readonly string[] };
}
interface Dictionary {
  readonly attributes: Readonly<Record<string, Attribute>>;
  readonly types: {
    readonly attributes: Readonly<Record<string, { readonly type?: string; readonly regex?: string }>>;
  };
}

const PRIMITIVES: Readonly<Record<string, (value: unknown) => boolean>> = {
  string_t: (value) => typeof value === 'string',
  integer_t: (value) => Number.isInteger(value),
  long_t: (value) => Number.isInteger(value),
  timestamp_t: (value) => Number.isInteger(value),
  boolean_t: (value) => typeof value === 'boolean',
};

/** Judges events by the files of the schema's repository, as far as our events use it. */
export class OcsfSchema {
  readonly #folder: string;
  readonly #dictionary: Dictionary;
  readonly #files: ReadonlyMap<string, string>;
  /** Of the event that is being judged. */
  #profiles: readonly string[] = [];

  constructor(folder: string) {
    this.#folder = folder;
    this.#dictionary = this.#read('dictionary.json') as Dictionary;
    const files = readdirSync(join(folder, 'events'), { recursive: true, encoding: 'utf8' });
    this.#files = new Map(
      files
        .filter((file) => file.endsWith('.json'))
        .map((file) => [file.replace(/^.*\/|\.json$/g, ''), `events/${file}`]),
    );
  }

  /** What is wrong with an event. */
  problems(className: string, event: Readonly<Record<string, unknown>>): string[] {
    this.#profiles = (event['metadata'] as { profiles: string[] }).profiles;
    return this.#judge(this.#definition(className), event, className);
  }

  #judge(definition: Definition, value: Readonly<Record<string, unknown>>, path: string): string[] {
    const { constraints } = definition;
    const attributes = Object.fromEntries(
      Object.entries(definition.attributes).filter(
        ([, { profile }]) => typeof profile !== 'string' || this.#profiles.includes(profile),
      ),
    );
    const wanted = constraints?.at_least_one;
    return [
      ...Object.keys(value).flatMap((name) => (name in attributes ? [] : [`${path}.${name} is unknown`])),
      ...Object.entries(attributes).flatMap(([name, attribute]) =>
        value[name] === undefined
          ? attribute.requirement === 'required'
            ? [`${path}.${name} is missing`]
            : []
          : this.#judgeAttribute(name, attribute, value[name], `${path}.${name}`),
      ),
      ...(wanted?.every((name) => value[name] === undefined) ? [`${path} has none of ${wanted.join()}`] : []),
    ];
  }

  #judgeAttribute(name: string, attribute: Attribute, value: unknown, path: string): string[] {
    const general = this.#dictionary.attributes[name];
    const type = attribute.type ?? general?.type ?? '';
    if (general?.is_array === true) {
      if (!Array.isArray(value)) return [`${path} is no array`];
      return value.flatMap((one, index) => this.#judgeValue(type, one, `${path}[${String(index)}]`));
    }
    const values = { ...general?.enum, ...attribute.enum };
    const known = Object.keys(values).length === 0 || String(value) in values || !name.endsWith('_id');
    return [...(known ? [] : [`${path} may not be ${String(value)}`]), ...this.#judgeValue(type, value, path)];
  }

  #judgeValue(type: string, value: unknown, path: string): string[] {
    const declared = this.#dictionary.types.attributes[type];
    if (type === 'object' || type === 'json_t') return [];
    if (declared === undefined) {
      if (typeof value !== 'object' || value === null) return [`${path} is no object`];
      return this.#judge(this.#definition(type), value as Record<string, unknown>, path);
    }
    const fits = PRIMITIVES[declared.type ?? type]?.(value) === true;
    if (!fits) return [`${path} is no ${type}: ${String(value)}`];
    const matches = declared.regex === undefined || new RegExp(declared.regex).test(String(value));
    return matches ? [] : [`${path} is no ${type}: ${String(value)}`];
  }

  /** A class or an object with what it inherits and includes. */
  #definition(name: string): Definition {
    const file = this.#files.get(name) ?? `objects/${name}.json`;
    const own = this.#read(existsSync(join(this.#folder, file)) ? file : `objects/_${name}.json`) as Definition;
    const parent = own.extends === undefined ? undefined : this.#definition(own.extends);
    const { $include, ...attributes } = own.attributes as Record<string, Attribute> & { $include?: readonly string[] };
    const included = ($include ?? []).map((path) => this.#included(path));
    const merged: Record<string, Attribute> = { ...parent?.attributes, ...Object.assign({}, ...included) };
    for (const [key, attribute] of Object.entries(attributes)) merged[key] = mergeAttribute(merged[key], attribute);
    const constraints = own.constraints ?? parent?.constraints;
    return { ...own, attributes: merged, ...(constraints && { constraints }) };
  }

  #included(path: string): Record<string, Attribute> {
    const { name, attributes } = this.#read(path) as Definition;
    return Object.fromEntries(Object.entries(attributes).map(([key, own]) => [key, { ...own, profile: name }]));
  }

  #read(path: string): unknown {
    return JSON.parse(readFileSync(join(this.#folder, path), 'utf8'));
  }
}

function mergeAttribute(inherited: Attribute | undefined, own: Attribute): Attribute {
  const values = { ...inherited?.enum, ...own.enum };
  return { ...inherited, ...own, ...(Object.keys(values).length > 0 && { enum: values }) };
}
