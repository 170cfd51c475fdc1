import { describe, expect, it } from 'vitest';
import { tagProblem } from '../../attacks/identity-tags.js';

const TAG = "/*agent='anna',task='T-1'*/";

describe('a tag is authentic', () => {
  for (const sql of [
    `SELECT 1 ${TAG}`,
    `${TAG} SELECT 1`,
    `SELECT 1 LIMIT 1 FOR UPDATE ${TAG}`,
    String.raw`SELECT '\' /*', "/*", '''' ${TAG}`,
    `SELECT 1 AS \`*/ -- \` ${TAG}`,
    `${TAG} CREATE PROCEDURE p() SELECT 1`,
    `SELECT 1--1 ${TAG}`,
    `SELECT 1 ${TAG};`,
  ]) {
    it(`in ${sql}`, () => {
      expect(tagProblem(sql, 'anna')).toBeUndefined();
    });
  }
});

describe('a tag is none', () => {
  for (const sql of [
    'SELECT 1',
    `SELECT 1 -- ${TAG}`,
    `SELECT 1 # ${TAG}`,
    `SELECT "${TAG}"`,
    `SELECT '${TAG.replaceAll("'", "''")}'`,
    `SELECT 1; ${TAG}`,
    `/*agent='admin'*/ SELECT 1`,
    `/*agent='admin'*/ SELECT 1 ${TAG}`,
    `${TAG} SELECT 1 ${TAG}`,
    `CREATE PROCEDURE p() SELECT 1 ${TAG}`,
  ]) {
    it(`in ${sql}`, () => {
      expect(tagProblem(sql, 'anna')).toBeDefined();
    });
  }
});
