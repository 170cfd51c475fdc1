import fc from 'fast-check';
import { type Connection, createConnection, type RowDataPacket } from 'mysql2/promise';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { AnalysisScope } from '../../src/sql/analysis.js';
import { dialectOf } from '../../src/session/session-state.js';
import { createSchema, type TestSchema } from '../database/schema.js';
import { analyser, FLAVOURS, scopeOf, statementsOf } from './analysed.js';
import { type Definition, followedDefinition, plainDefinition } from './definition-arbitrary.js';

const AFTER = 'SET @ran = 1';

/** Definitions in which a name or a call seems to begin a block, each with what follows it. */
const FOLLOWED: readonly string[] = [
  `CREATE PROCEDURE begin() SELECT 1; ${AFTER}; SELECT 1 end`,
  `CREATE PROCEDURE p(begin INT) SELECT 1; ${AFTER}; SELECT 1 end`,
  `CREATE PROCEDURE p() SELECT begin FROM customers; ${AFTER}; SELECT 1 end`,
  `CREATE PROCEDURE p() COMMENT 'begin' SELECT 1 begin; ${AFTER}; SELECT 1 end`,
  `CREATE FUNCTION f(begin INT) RETURNS INT DETERMINISTIC RETURN 1; ${AFTER}; SELECT 1 end`,
  `CREATE FUNCTION begin() RETURNS INT DETERMINISTIC RETURN 1; ${AFTER}; SELECT 1 end`,
  `CREATE TRIGGER begin BEFORE INSERT ON customers FOR EACH ROW SET NEW.begin = 1; ${AFTER}; SELECT 1 end`,
  `CREATE EVENT begin ON SCHEDULE EVERY 1 DAY DO SET @a = 1; ${AFTER}; SELECT 1 end`,
  `ALTER EVENT begin ENABLE; ${AFTER}; SELECT 1 end`,
  `ALTER EVENT begin RENAME TO do; ${AFTER}; SELECT 1 end`,
  `ALTER PROCEDURE begin COMMENT 'x'; ${AFTER}; SELECT 1 end`,
  `ALTER FUNCTION begin COMMENT 'x'; ${AFTER}; SELECT 1 end`,
  `CREATE PROCEDURE p() BEGIN SELECT CASE WHEN 1 THEN REPEAT('a',3) END; END; ${AFTER}; SELECT 1 end`,
  `CREATE PROCEDURE p() BEGIN SELECT CASE WHEN 1 THEN IF(1,2,3) END; END; ${AFTER}; SELECT 1 end`,
  `CREATE PROCEDURE p() BEGIN DECLARE begin INT; SELECT CASE 1 WHEN 1 THEN begin END; END; ${AFTER}; SELECT 1 end`,
  `CREATE PROCEDURE p(end INT) IF CASE end WHEN 1 THEN REPEAT('a',3) END THEN SELECT 1; END IF; ${AFTER}; SELECT 1; UNTIL 1 END REPEAT; END IF`,
  `CREATE PROCEDURE p(begin INT, end INT) IF CASE end WHEN 1 THEN begin + 2 END THEN SELECT 1; END IF; ${AFTER}; END IF`,
  `CREATE PROCEDURE p() SELECT 1 end; ${AFTER}`,
  `CREATE PROCEDURE p() BEGIN SELECT 1; END; ${AFTER}; BEGIN SELECT 1; END`,
];

/** Definitions as tools and people write them. */
const WHOLE: readonly string[] = [
  'CREATE PROCEDURE p() BEGIN END;',
  'CREATE PROCEDURE p(IN a INT, OUT b DECIMAL(10, 2)) MODIFIES SQL DATA BEGIN SET b = a; UPDATE t SET c = a WHERE id = b; END',
  "CREATE DEFINER=`root`@`localhost` PROCEDURE `p`(a INT)\n  READS SQL DATA\n  COMMENT 'says; what'\nBEGIN\n  SELECT 1;\n  SELECT 2;\nEND;",
  'CREATE TRIGGER tr AFTER UPDATE ON shop.t FOR EACH ROW FOLLOWS other IF NEW.a <> OLD.a THEN INSERT INTO l VALUES (NEW.a); END IF',
  'CREATE FUNCTION f(s CHAR(20)) RETURNS CHAR(50) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin DETERMINISTIC BEGIN DECLARE a, b INT DEFAULT 0; RETURN CONCAT(s, a); END',
  "CREATE FUNCTION f() RETURNS ENUM('a', 'b') NO SQL BEGIN RETURN 'a'; END",
  'CREATE FUNCTION f() RETURNS BIGINT UNSIGNED SQL SECURITY INVOKER BEGIN l: LOOP LEAVE l; END LOOP; RETURN 1; END',
  "CREATE EVENT e ON SCHEDULE EVERY 1 DAY STARTS (NOW() + INTERVAL 1 HOUR) ON COMPLETION PRESERVE COMMENT 'x' DO BEGIN DELETE FROM t WHERE id = 1; SELECT 1; END",
  'ALTER EVENT e ON SCHEDULE AT NOW() DO BEGIN SELECT 1; END',
  'CREATE PROCEDURE p() l: BEGIN DECLARE CONTINUE HANDLER FOR NOT FOUND SET @a = 1; CASE WHEN @a THEN SELECT 1; ELSE BEGIN END; END CASE; END l',
  'CREATE PROCEDURE p() BEGIN DECLARE c CURSOR FOR SELECT CASE a WHEN 1 THEN 2 END FROM t; OPEN c; FETCH c INTO @a; CLOSE c; END',
  'CREATE PROCEDURE p() WHILE @a < 3 DO SET @a = @a + 1; REPEAT SELECT 1; UNTIL @a END REPEAT; END WHILE',
  'CREATE PROCEDURE p() BEGIN FOR r IN (SELECT a FROM t) DO SELECT r.a; END FOR; END',
];

/** Whether the text is one definition to us. */
function isOne(sql: string, scope: AnalysisScope): boolean {
  const [first, ...others] = statementsOf(sql, scope);
  return first?.analysis.kind === 'ddl' && others.length === 0;
}

describe('the end of a definition', () => {
  for (const sql of FOLLOWED) {
    it(`is not behind what follows ${sql}`, () => {
      for (const flavour of FLAVOURS) expect(isOne(sql, scopeOf(flavour)), flavour).toBe(false);
    });
  }
  for (const sql of WHOLE) {
    it(`is behind all of ${JSON.stringify(sql)}`, () => {
      for (const flavour of FLAVOURS) expect(isOne(sql, scopeOf(flavour)), flavour).toBe(true);
    });
  }
});

describe('the end of a definition, on a server', () => {
  const database = inject('database');
  const scope = analyser.scope(dialectOf(database.version), 'shop', '');
  let schema: TestSchema;
  let connection: Connection;
  beforeAll(async () => {
    schema = await createSchema(database, ['CREATE TABLE customers (begin INT, end INT, note VARCHAR(9))']);
    connection = await createConnection({ ...schema.connection, multipleStatements: true, flags: ['-IGNORE_SPACE'] });
  });
  afterAll(async () => {
    await connection.end();
    await schema.drop();
  });

  /** Runs a text; whether the server took it, and whether it ran what follows. */
  async function run({ drop, sql }: Definition): Promise<{ taken: boolean; ran: boolean }> {
    await connection.query(`SET @ran = 0; ${drop}`);
    const taken = await connection.query(sql).then(
      () => true,
      () => false,
    );
    const [rows] = await connection.query<RowDataPacket[]>('SELECT @ran AS ran');
    return { taken, ran: Number(rows[0]?.['ran']) === 1 };
  }

  it('is the one that the server sees, however its names and its blocks are called', async () => {
    let followed = 0;
    await fc.assert(
      fc.asyncProperty(followedDefinition(AFTER), async (definition) => {
        const { ran } = await run(definition);
        if (ran) followed += 1;
        expect(ran && isOne(definition.sql, scope), definition.sql).toBe(false);
      }),
      { numRuns: 2_000 },
    );
    expect(followed).toBeGreaterThan(200);
  });

  it('is found where nothing follows', async () => {
    const taken: string[] = [];
    await fc.assert(
      fc.asyncProperty(plainDefinition, async (definition) => {
        if (!(await run(definition)).taken) return;
        taken.push(definition.sql.split(' ', 2).join(' '));
        expect(isOne(definition.sql, scope), definition.sql).toBe(true);
      }),
      { numRuns: 500 },
    );
    for (const each of ['PROCEDURE', 'FUNCTION', 'TRIGGER', 'EVENT']) expect(taken).toContain(`CREATE ${each}`);
    expect(taken.length).toBeGreaterThan(80);
  });
});
