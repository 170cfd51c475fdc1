import { defaultGovernor } from '../../src/config/default-governor.js';
import { govern } from './govern.js';

type Exports = Record<string, unknown>;
type AnyFunction = (...args: unknown[]) => unknown;
type AnyClass = new (...args: unknown[]) => Parameters<typeof govern>[0];

/** Functions of mysql2's modules that make something which sends statements; in a promise module they may promise it. */
const FACTORIES = ['createConnection', 'connect', 'createPool', 'createPoolCluster'];
/** Classes of mysql2's callback module that can be made by `new`. */
const CLASSES = ['Connection', 'PoolConnection', 'Pool', 'PoolCluster'];

/**
 * A module of mysql2 with all that it exports, whose connections, pools and clusters are governed by the default governor.
 * @param others getters of its exports that are replaced as well
 */
export function governedModule<Module extends object>(
  module: Module,
  { classes, others = {} }: { readonly classes: boolean; readonly others?: Readonly<Record<string, () => unknown>> },
): Module {
  // What is a getter there is one here: to look at it may load something.
  const governed = Object.defineProperties({}, Object.getOwnPropertyDescriptors(module)) as Exports;
  const replace = (name: string, descriptor: PropertyDescriptor): void => {
    if (name in governed)
      Object.defineProperty(governed, name, { ...descriptor, enumerable: true, configurable: true });
  };
  for (const name of FACTORIES) {
    const made = governed[name];
    if (typeof made === 'function') replace(name, { value: governedFactory(made as AnyFunction) });
  }
  for (const name of classes ? CLASSES : []) {
    const made = governed[name];
    if (typeof made === 'function') replace(name, { value: governedClass(made as AnyClass) });
  }
  for (const [name, get] of Object.entries(others)) replace(name, { get });
  return governed as Module;
}

function governedFactory(factory: AnyFunction): AnyFunction {
  return function (this: unknown, ...args): unknown {
    const made = factory.apply(this, args) as Parameters<typeof govern>[0] | PromiseLike<Parameters<typeof govern>[0]>;
    return isPromise(made) ? made.then((value) => govern(value, defaultGovernor())) : govern(made, defaultGovernor());
  };
}

/** A prepared statement of mysql2's callback interface has a `then` that throws; a connection has none. */
function isPromise<T extends object>(made: T | PromiseLike<T>): made is PromiseLike<T> {
  return 'then' in made && typeof made.then === 'function';
}

function governedClass(target: AnyClass): AnyClass {
  return new Proxy(target, {
    construct: (original, args, newTarget): object =>
      govern(Reflect.construct(original, args, newTarget) as Parameters<typeof govern>[0], defaultGovernor()),
  });
}
