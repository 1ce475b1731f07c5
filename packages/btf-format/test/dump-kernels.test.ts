// The four dumps of every fixture kernel, by their SHA-256, against bpftool 7.8's.
import { createHash } from 'node:crypto';
import { type Btf, type ByteSink, dumpC, dumpJson, dumpRaw, parseBtf } from '@btfq/btf-format';
import { fixtureKernels, kernelBtf, oracleJson } from '@btfq/test-kit';
import { describe, expect, test } from 'vitest';

type Format = 'c' | 'raw' | 'json' | 'pretty';
const oracle = oracleJson<Record<string, Record<Format, string>>>('dumps.json');

const DUMPS: Readonly<Record<Format, (btf: Btf, sink: ByteSink) => void>> = {
  c: (btf, sink) => dumpC(btf, sink),
  raw: (btf, sink) => dumpRaw(btf, sink),
  json: (btf, sink) => dumpJson(btf, sink),
  pretty: (btf, sink) => dumpJson(btf, sink, { pretty: true }),
};

describe.each(fixtureKernels().map(({ id }) => id))('%s', (id) => {
  const btf = parseBtf(kernelBtf(id));
  test.each(Object.entries(DUMPS))('%s', (format, dump) => {
    const hash = createHash('sha256');
    dump(btf, (chunk) => hash.update(chunk));
    expect(hash.digest('hex')).toBe(oracle[id]?.[format as Format]);
  });
});
