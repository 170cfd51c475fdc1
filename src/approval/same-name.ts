/** Whether two names of people are the same to whoever reads them: letter case, width and outer spaces do not tell them apart. */
export function isSameName(one: string, other: string): boolean {
  return folded(one) === folded(other);
}

const folded = (name: string): string => name.normalize('NFKC').trim().toLowerCase();
