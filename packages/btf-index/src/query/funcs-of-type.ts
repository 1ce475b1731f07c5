// Which functions have a parameter of a type.

import { decoded } from '../store/sqlite-errors.ts';
import type { FuncOfType } from '../answer-types.ts';
import { type Ranges, unite } from '../store/content-tree.ts';
import { decodeFunc } from '../encoding/declaration-body.ts';
import { TypeTag } from '../encoding/type-code.ts';
import type { BtfIndex } from '../store/btf-index.ts';
import { type Rows, rowsOf } from '../store/row-cache.ts';
import type { KernelFilter } from './kernel-filter.ts';
import { answerAt } from './places.ts';
import { squeeze, typeText } from './type-text.ts';

/**
 * Parameters of exactly this type, written as C writes it (`struct sk_buff *`), by function and position. Spaces do not
 * matter. Empty where there are none.
 */
export function funcsOfType(index: BtfIndex, type: string, where?: KernelFilter): FuncOfType[] {
  return decoded(index.path, () => {
    const rows = rowsOf(index);
    const { byText, functions } = parameters(index, rows);
    const types = byText.get(squeeze(type)) ?? [];
    const found = new Map<string, { func: number; param: number; position: number; ranges: Ranges[] }>();
    for (const wanted of types) {
      for (const at of functions.get(wanted) ?? []) {
        const code = rows.type(at.proto);
        if (code.tag !== TypeTag.FuncProto) continue;
        code.params.forEach((param, position) => {
          if (param.type !== wanted) return;
          const key = `${at.func} ${position}`;
          const ranges = rows.everywhere(at.set);
          const known = found.get(key);
          if (known) known.ranges.push(ranges);
          else found.set(key, { func: at.func, param: param.name, position, ranges: [ranges] });
        });
      }
    }
    rows.loadTexts([...found.values()].flatMap(({ func, param }) => [func, param]));
    return [...found.values()]
      .map(({ func, param, position, ranges }) => ({
        func: rows.text(func),
        param: rows.text(param),
        position,
        ...answerAt(index, unite(ranges), where),
      }))
      .filter(({ kernelIds }) => kernelIds.length > 0)
      .sort((a, b) => (a.func === b.func ? a.position - b.position : a.func < b.func ? -1 : 1));
  });
}

interface FunctionAt {
  readonly func: number;
  readonly proto: number;
  readonly set: number;
}

const PARAMETERS = Symbol('types of parameters');

/** All functions by the types of their parameters, and these types by their text. */
function parameters(
  index: BtfIndex,
  rows: Rows,
): { readonly byText: ReadonlyMap<string, number[]>; readonly functions: ReadonlyMap<number, FunctionAt[]> } {
  return index.cached(PARAMETERS, () => {
    const all = index
      .statement(`SELECT name, body, declaration_set FROM declaration WHERE kind = ${TypeTag.Func}`)
      .all() as [number, Uint8Array, number][];
    const declared = all.map(([func, body, set]) => ({ func, proto: decodeFunc(body).proto, set }));
    rows.loadTypes(new Set(declared.map(({ proto }) => proto)));
    const functions = new Map<number, FunctionAt[]>();
    for (const one of declared) {
      const code = rows.type(one.proto);
      if (code.tag !== TypeTag.FuncProto) continue;
      for (const type of new Set(code.params.map((param) => param.type))) {
        const known = functions.get(type);
        if (known) known.push(one);
        else functions.set(type, [one]);
      }
    }
    rows.loadTypes(functions.keys());
    const byText = new Map<string, number[]>();
    for (const type of functions.keys()) {
      const text = squeeze(typeText(rows, type));
      const known = byText.get(text);
      if (known) known.push(type);
      else byText.set(text, [type]);
    }
    return { byText, functions };
  });
}
