// A SPEC as people write it, YAML or JSON, read with the place of every part.

import { type LocatedValue, OffsetsError, type OffsetsSpec, parseSpec } from '@btfq/offsets';
import type { LineCounter, Node, ParsedNode } from 'yaml';

/** Deeper than a SPEC ever nests; deeper input is refused before it is walked. */
const MAX_DEPTH = 16;
/** Values in a SPEC: an alias of an alias of a list is many, in few bytes. */
const MAX_VALUES = 50_000;

/**
 * Reads a SPEC, YAML or JSON. Throws `OffsetsError`: `bad-spec` and `bad-spec-path`, with line and column.
 *
 * ```ts
 * const spec = await readOffsetsSpec('entries:\n  pid: task_struct.pid\n');
 * ```
 */
export async function readOffsetsSpec(text: string): Promise<OffsetsSpec> {
  return parseSpec(await locatedValue(text));
}

async function locatedValue(text: string): Promise<LocatedValue> {
  const { isAlias, isMap, isScalar, isSeq, LineCounter: Counter, parseDocument } = await import('yaml');
  const lines = new Counter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, intAsBigInt: false });
  const [error] = document.errors;
  if (error !== undefined) {
    const { line, col } = lines.linePos(error.pos[0]);
    throw new OffsetsError('bad-spec', `this is not YAML or JSON: ${error.message}`, {
      line,
      column: col,
      cause: error,
    });
  }
  const place = (node: Node | ParsedNode | null | undefined) => placeOf(lines, node);
  let values = 0;
  const convert = (node: unknown, around: { line: number; column: number }, depth: number): LocatedValue => {
    if (++values > MAX_VALUES) throw new OffsetsError('bad-spec', 'this is too much for a SPEC', around);
    if (depth > MAX_DEPTH) throw new OffsetsError('bad-spec', 'this nests too deep for a SPEC', around);
    if (isAlias(node)) return convert(node.resolve(document), place(node) ?? around, depth + 1);
    if (isMap(node)) {
      const own = place(node) ?? around;
      const members = node.items.map(({ key, value }) => {
        const at = place(key as Node) ?? own;
        const name = isScalar(key) ? key.value : undefined;
        if (typeof name !== 'string' && typeof name !== 'number')
          throw new OffsetsError('bad-spec', 'this key is not text', at);
        return { key: String(name), value: convert(value, at, depth + 1), ...at };
      });
      return { kind: 'mapping', members, ...own };
    }
    if (isSeq(node)) {
      const own = place(node) ?? around;
      return { kind: 'list', items: node.items.map((item) => convert(item, own, depth + 1)), ...own };
    }
    const own = isScalar(node) ? (place(node) ?? around) : around;
    const value = isScalar(node) ? node.value : null;
    const known = ['string', 'number', 'boolean', 'bigint'].includes(typeof value) || value === null;
    return { kind: 'scalar', value: known ? (value as string) : String(value), ...own };
  };
  return convert(document.contents, { line: 1, column: 1 }, 0);
}

function placeOf(
  lines: LineCounter,
  node: Node | ParsedNode | null | undefined,
): { line: number; column: number } | undefined {
  const from = node?.range?.[0];
  if (from === undefined) return undefined;
  const { line, col } = lines.linePos(from);
  return { line, column: col };
}
