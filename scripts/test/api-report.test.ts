import { expect, test } from 'vitest';
import { declarationsOf, exportsOf } from '../api-report.ts';

const TEXT = `import type { X } from './x.ts';
/** The first.
 *
 * More of it.
 */
export declare function first(a: (b: number) => void, c?: {
    d: string;
}): X[];
/** Not exported. */
declare const hidden: number;
/** A kind. */
export declare const Kind: {
    /** \`;\` and } inside a comment */
    readonly a: 1;
};
export type Kind = (typeof Kind)[keyof typeof Kind];
export interface Plain {
    readonly value: '}' | "{";
}
export declare class Thing<T extends { x: 1 }> extends Error {
    #private;
    private secret;
    readonly shown: 1;
    constructor();
}
`;

test('a .d.ts file is split into its statements', () => {
  const found = declarationsOf(TEXT);
  expect(found.map(({ name, doc }) => [name, doc])).toEqual([
    ['first', 'The first.\n\nMore of it.'],
    ['hidden', 'Not exported.'],
    ['Kind', 'A kind.'],
    ['Kind', ''],
    ['Plain', ''],
    ['Thing', ''],
  ]);
  expect(found[0]!.code).toBe('function first(a: (b: number) => void, c?: {\n    d: string;\n}): X[];');
  expect(found[5]!.code).toBe(
    'class Thing<T extends { x: 1 }> extends Error {\n    readonly shown: 1;\n    constructor();\n}',
  );
});

test('exports keep their order and their new names', () => {
  const text = `export { a, type B, c as d } from './one.js';\nexport type {\n  E,\n} from '@btfq/elf';\nexport {};\n`;
  expect(exportsOf(text)).toEqual([
    { name: 'a', original: 'a', from: './one.js' },
    { name: 'B', original: 'B', from: './one.js' },
    { name: 'd', original: 'c', from: './one.js' },
    { name: 'E', original: 'E', from: '@btfq/elf' },
  ]);
});
