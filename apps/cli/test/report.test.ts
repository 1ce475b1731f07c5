import { expect, test } from 'vitest';
import { InputError, UsageError } from '../src/errors.ts';
import { exitCodeOf, reportError } from '../src/report.ts';
import { memoryIo } from './kit/memory-io.ts';

const named = (name: string, fields: object = {}) => Object.assign(new Error('x'), { name }, fields);

test.each([
  [new UsageError('x'), 2],
  [new InputError('ENOENT', 'x'), 3],
  [named('ElfError'), 3],
  [named('BtfError'), 3],
  [named('RelocationError'), 3],
  [named('MinimizeError'), 3],
  [named('KernelSourceError'), 3],
  [named('IndexError', { code: 'damaged' }), 4],
  [named('IndexError', { code: 'no-index' }), 4],
  [named('IndexError', { code: 'newer-version' }), 4],
  [named('IndexError', { code: 'unknown-kernel' }), 1],
  [named('IndexError', { code: 'ambiguous-kernel' }), 2],
  [named('Error', { code: 'EADDRINUSE', syscall: 'listen' }), 3],
  [new TypeError('x'), 70],
  ['a string', 70],
])('%s ends with %d', (error, code) => {
  expect(exitCodeOf(error)).toBe(code);
});

test('an error with its next step, for people and for programs', () => {
  const text = memoryIo();
  reportError(new UsageError('missing FIELD', 'Usage: ...'), text);
  expect(text.stderr).toBe('btfq: missing FIELD\nUsage: ...\n');
  const json = memoryIo();
  json.wantsJson = true;
  reportError(named('BtfError', { code: 'bad-magic', offset: 0 }), json);
  expect(JSON.parse(json.stderr)).toEqual({ error: { code: 'bad-magic', message: 'x', offset: 0 } });
});

test('a defect shows its stack and asks to be reported', () => {
  const io = memoryIo();
  expect(reportError(new TypeError('oops'), io)).toBe(70);
  expect(io.stderr).toMatch(/TypeError: oops\n\s+at [\s\S]*report it/);
});
