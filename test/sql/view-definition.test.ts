import { expect, it } from 'vitest';
import { analyser, scopeOf } from './analysed.js';

const read = (definition: string, flavour: 'mysql' | 'mariadb' = 'mysql'): string => {
  const { fingerprint, analysis } = analyser.analyseView(definition, scopeOf(flavour));
  return `${analysis.kind}${analysis.routines === undefined ? '' : ` ${analysis.routines.join(', ')}`}: ${fingerprint}`;
};

it.each([
  [
    'select rollup_group_item(`t`.`a`,0) AS `a`,rollup_sum_switcher(sum(`t`.`b`)) AS `s` from `t` group by `t`.`a` with rollup',
    'select: select `t`.`a` as `a`, sum(`t`.`b`) as `s` from `t` group by `t`.`a` with rollup',
  ],
  [
    'select grouping(rollup_group_item((`t`.`a` + 1),0)) AS `g` from `t` group by (`t`.`a` + 1) with rollup having (rollup_group_item(`g`,0) > 2)',
    'select: select grouping((`t`.`a` + ?)) as `g` from `t` group by (`t`.`a` + ?) with rollup having (`g` > ?)',
  ],
  ['select rollup_group_item(f(rollup_group_item(1,1)),0) AS `a`', 'select f: select f(?) as `a`'],
])('the functions of ROLLUP are none of %s', (definition, expected) => {
  expect(read(definition)).toBe(expected);
});

it.each([
  ['in quotes', 'select `rollup_group_item`(1,0) AS `a`', 'select rollup_group_item'],
  ['with a schema', 'select `s`.`rollup_group_item`(1,0) AS `a`', 'select s.rollup_group_item'],
  [
    'with arguments as MySQL writes those of a loadable one',
    'select rollup_group_item(1 AS `1`,0 AS `0`) AS `a`',
    'unknown',
  ],
  ['that is not called', 'select `t`.rollup_sum_switcher AS `a` from `t`', 'select'],
])('another function of that name is one: %s', (_how, definition, expected) => {
  expect(read(definition)).toMatch(new RegExp(`^${expected}: `));
});

it('is for MySQL only', () => {
  expect(read('select rollup_group_item(`t`.`a`,0) AS `a` from `t`', 'mariadb')).toMatch(/^select rollup_group_item: /);
});

it('is unknown where it cannot be read', () => {
  for (const definition of ['', 'select 1; select 2', 'select ) from t', "select 'a"]) {
    expect(read(definition), definition).toMatch(/^unknown/);
  }
});
