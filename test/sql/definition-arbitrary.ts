import fc from 'fast-check';

interface Rule {
  readonly expression: string;
  readonly statement: string;
}

/** Names that are also words of compound statements. */
const TRICKY = ['begin', 'end', 'do', 'until', 'x'];
const PLAIN = ['x', 'y'];

/** @param simple a statement that evaluates an expression, up to it */
function rules(
  names: readonly string[],
  simple: string,
): { expression: fc.Arbitrary<string>; statement: fc.Arbitrary<string> } {
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
        e.map((a) => `${simple} ${a}`),
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

/** A definition: how to drop what it may have made, and its text. */
export interface Definition {
  readonly drop: string;
  readonly sql: string;
}

const HEADS = {
  PROCEDURE: ['', 'READS SQL DATA', "COMMENT 'begin' NOT DETERMINISTIC SQL SECURITY INVOKER", 'LANGUAGE SQL'],
  FUNCTION: [
    'RETURNS INT DETERMINISTIC',
    "RETURNS ENUM('begin', 'end') CHARACTER SET utf8mb4 DETERMINISTIC NO SQL",
    'RETURNS DOUBLE PRECISION UNSIGNED DETERMINISTIC',
    "RETURNS VARCHAR(9) CHARSET binary DETERMINISTIC COMMENT 'x'",
    'RETURNS DATE DETERMINISTIC',
  ],
  TRIGGER: ['BEFORE INSERT ON customers FOR EACH ROW', 'AFTER DELETE ON customers FOR EACH ROW'],
  EVENT: [
    "ON SCHEDULE AT '2037-01-01' + INTERVAL (1) DAY DO",
    "ON SCHEDULE EVERY 1 YEAR STARTS '2037-01-01' ON COMPLETION NOT PRESERVE DISABLE COMMENT 'do begin' DO",
  ],
} as const;

function definition(names: readonly string[]): fc.Arbitrary<Definition> {
  const given = fc.tuple(fc.constantFrom('p', 'begin', 'end'), parameters);
  const procedures = rules(names, 'SELECT').statement;
  const { expression, statement } = rules(names, 'SET @b =');
  const returning = fc.oneof(
    expression.map((value) => `RETURN ${value}`),
    fc.tuple(statement, expression).map(([first, value]) => `BEGIN ${first}; RETURN ${value}; END`),
  );
  const kind = (object: keyof typeof HEADS, body: fc.Arbitrary<string>): fc.Arbitrary<Definition> =>
    fc.tuple(given, fc.constantFrom<string>(...HEADS[object]), body).map(([[name, list], head, text]) => ({
      drop: `DROP ${object} IF EXISTS \`${name}\``,
      sql: ['CREATE', object, name, ...(/^[PF]/.test(object) ? [list] : []), head, text].join(' '),
    }));
  return fc.oneof(
    { weight: 3, arbitrary: kind('PROCEDURE', procedures) },
    kind('FUNCTION', returning),
    kind('TRIGGER', statement),
    kind('EVENT', statement),
  );
}

/** A definition whose names are plain, but perhaps its own and those of its parameters. */
export const plainDefinition: fc.Arbitrary<Definition> = definition(PLAIN);

/** A definition and what follows it: the statement, and what may seem to end a block around it. */
export const followedDefinition = (statement: string): fc.Arbitrary<Definition> =>
  fc
    .tuple(fc.oneof(definition(TRICKY), plainDefinition), fc.array(fc.constantFrom(...ENDINGS), { maxLength: 3 }))
    .map(([{ drop, sql }, endings]) => ({ drop, sql: [sql, statement, ...endings].join('; ') }));
