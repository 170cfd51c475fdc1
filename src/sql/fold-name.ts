/** A name as a server with lower_case_table_names folds it, which knows two letters that are not ASCII but become so. */
export function foldName(name: string): string {
  return name.replaceAll('\u0130', 'i').toLowerCase();
}
