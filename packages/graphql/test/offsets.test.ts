// A SPEC asked by GraphQL.

import { graphql } from 'graphql';
import { afterAll, expect, test } from 'vitest';
import { createSchema } from '../src/index.ts';
import { fixtureIndex } from './fixture-index.ts';

const fixture = fixtureIndex(({ release }) => release.startsWith('6.1.0') || release.startsWith('7.'));
afterAll(() => fixture.remove());

const ask = async (spec: string, lang?: string) => {
  const schema = createSchema(fixture.index);
  const source = `query ($spec: String!, $lang: String) { offsets(spec: $spec, lang: $lang) {
    entries { name kind paths line missingIn { release } }
    rows { kernels { release } answers { entry path offsets size value type } } text } }`;
  return JSON.parse(JSON.stringify(await graphql({ schema, source, variableValues: { spec, lang } })));
};

test('rows, missing entries and text', async () => {
  const { data } = await ask(
    'entries:\n  tgid: task_struct.real_parent->tgid\n  gone: {offset: task_struct.no_such, optional: true}\n',
    'csv',
  );
  const { entries, rows, text } = data.offsets;
  expect(entries.map((one: { name: string; line: number }) => [one.name, one.line])).toEqual([
    ['tgid', 2],
    ['gone', 3],
  ]);
  const kernels = rows.flatMap((row: { kernels: unknown[] }) => row.kernels);
  expect(entries[1].missingIn).toEqual(kernels);
  expect(rows[0].answers[0]).toMatchObject({
    entry: 'tgid',
    path: 'task_struct.real_parent->tgid',
    size: 4,
    type: 'pid_t',
  });
  expect(rows[0].answers[0].offsets).toHaveLength(2);
  expect(text.split('\n')).toHaveLength(2 * kernels.length + 2);
});

test.each([
  ['entries: {a: task_struct..b}', undefined, 'line 1'],
  ['entries: {a: b.c}', 'cobol', 'lang is one of'],
])('%s %s is refused', async (spec, lang, message) => {
  const { errors } = await ask(spec, lang);
  expect(errors[0].extensions.code).toBe('BAD_USER_INPUT');
  expect(errors[0].message).toContain(message);
});
