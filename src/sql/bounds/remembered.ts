/**
 * Makes a question about an object that is answered once for each object and name. A CTE that is named twice by the next one, and so on, would
 * otherwise be asked 2^n times. While it is being answered the answer is `meanwhile`.
 */
export function remembered<K extends object, V>(answer: (key: K, name: string) => V, meanwhile: V): typeof answer {
  const known = new WeakMap<K, Map<string, V>>();
  return (key, name) => {
    const answers = known.get(key) ?? new Map<string, V>();
    known.set(key, answers);
    const found = answers.get(name);
    if (found !== undefined) return found;
    answers.set(name, meanwhile);
    const value = answer(key, name);
    answers.set(name, value);
    return value;
  };
}
