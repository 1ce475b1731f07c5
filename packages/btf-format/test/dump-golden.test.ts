// Every file of golden/ in every format and either byte order, against what bpftool 7.8 printed of it.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Btf, type ByteSink, collectBytes, dumpC, dumpJson, dumpRaw, parseBtf } from '@btfq/btf-format';
import { describe, expect, test } from 'vitest';

const folder = join(import.meta.dirname, 'golden');
const names = readdirSync(folder)
  .filter((file) => file.endsWith('.c'))
  .map((file) => file.slice(0, -2));

const FORMATS: Readonly<Record<string, (btf: Btf, sink: ByteSink) => void>> = {
  raw: (btf, sink) => dumpRaw(btf, sink),
  json: (btf, sink) => dumpJson(btf, sink),
  'pretty.json': (btf, sink) => dumpJson(btf, sink, { pretty: true }),
  h: (btf, sink) => dumpC(btf, sink),
  'unsorted.h': (btf, sink) => dumpC(btf, sink, { sorted: false }),
};

test('there are golden files', () => expect(names.length).toBeGreaterThan(5));

describe.each(names)('%s', (name) => {
  for (const order of ['', '.eb']) {
    const btf = parseBtf(readFileSync(join(folder, `${name}${order}.btf`)));
    test.each(Object.entries(FORMATS))(`${order || '.el'} %s`, (ending, dump) => {
      const expected = readFileSync(join(folder, `${name}.${ending}`), 'utf8');
      expect(Buffer.from(collectBytes((sink) => dump(btf, sink))).toString()).toBe(expected);
    });
  }
});
