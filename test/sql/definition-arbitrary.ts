import fc from 'fast-check';

interface Rule {
  readonly expression: string;
  readonly statement: string;
}

/** Names that are also words of compound statements. */
const TRICKY = ['begin', 'end', 'do', 'until', 'x'];
const PLAIN = ['x', 'y'];

function rules(names: readonly string[]): { statement: fc.Arbitrary<string> } {
  return fc.letrec<Rule>((tie) => {
    const e = tie('expression');
    const s = tie('statement');
    const name = fc.constantFrom(...names);
    return {
      expression: fc.oneof(
        { depthSize: 'small', withCrossShrink: true },
        name,
        fc.constant('1'),
        fc.tuple(e, e).map(([a, b]) => `${a} + ${b}`),
        e.map((a) => `(${a})`),
        e.map((a) => `REPEAT('a', ${a})`),
        fc.tuple(e, e).map(([a, b]) => `IF(${a}, ${b}, 1)`),
        fc.tuple(e, e, e).map(([a, b, c]) => `CASE ${a} WHEN ${b} THEN ${c} END`),
        fc.tuple(e, e, e).map(([a, b, c]) => `CASE WHEN ${a} THEN ${b} ELSE ${c} END`),
      ),
      statement: fc.oneof(
        { depthSize: 'small', withCrossShrink: true },
        e.map((a) => `SELECT ${a}`),
        e.map((a) => `SET @a = ${a}`),
        fc.tuple(e, s).map(([a, b]) => `IF ${a} THEN ${b}; END IF`),
        fc.tuple(e, s, s).map(([a, b, c]) => `IF ${a} THEN ${b}; ELSE ${c}; END IF`),
        fc.tuple(e, s).map(([a, b]) => `WHILE ${a} DO ${b}; END WHILE`),
        fc.tuple(e, s).map(([a, b]) => `REPEAT ${b}; UNTIL ${a} END REPEAT`),
        fc.tuple(e, e, s).map(([a, b, c]) => `CASE ${a} WHEN ${b} THEN ${c}; END CASE`),
        s.map((a) => `l: LOOP ${a}; END LOOP l`),
        s.map((a) => `BEGIN ${a}; END`),
        fc.tuple(name, s).map(([a, b]) => `BEGIN DECLARE ${a} INT DEFAULT 1; ${b}; END`),
      ),
    };
  });
}

const ENDINGS = [
  'END',
  'END IF',
  'END CASE',
  'END WHILE',
  'END LOOP',
  'UNTIL 1 END REPEAT',
  'END begin',
  'SELECT 1 end',
];

// A name that is no parameter is a column, which the server looks for once it runs.
const parameters = fc
  .subarray(TRICKY, { maxLength: 2 })
  .map((names) => `(${names.map((name) => `${name} INT`).join(', ')})`);

/** A procedure, whose name comes first. */
export const procedure: fc.Arbitrary<readonly [string, string]> = fc
  .tuple(fc.constantFrom('p', 'begin', 'end'), parameters, rules(PLAIN).statement)
  .map(([name, given, body]) => [name, `CREATE PROCEDURE ${name} ${given} ${body}`]);

/** A procedure, whose name comes first, and what follows it: the statement, and what may seem to end a block around it. */
export const followedProcedure = (statement: string): fc.Arbitrary<readonly [string, string]> =>
  fc
    .tuple(
      fc.constantFrom('p', 'begin', 'end'),
      parameters,
      fc.oneof(rules(TRICKY).statement, rules(PLAIN).statement),
      fc.array(fc.constantFrom(...ENDINGS), { maxLength: 3 }),
    )
    .map(([name, given, body, endings]) => [
      name,
      [`CREATE PROCEDURE ${name} ${given} ${body}`, statement, ...endings].join('; '),
    ]);
