// Which functions have a parameter of a type.

import { decoded } from '../store/sqlite-errors.ts';
import type { FuncOfType } from '../answer-types.ts';
import { type Ranges, unite } from '../store/content-tree.ts';
import { decodeFunc } from '../encoding/declaration-body.ts';
import { TypeTag } from '../encoding/type-code.ts';
import type { BtfIndex } from '../store/btf-index.ts';
import { type Rows, rowsOf } from '../store/row-cache.ts';
import type { KernelFilter } from './kernel-filter.ts';
import { keptAnswer } from './kept-answers.ts';
import { hitsAt } from './places.ts';
import { rowsBeginning, typesOfText } from './type-rows.ts';
import { squeeze, typeText } from './type-text.ts';
import { VarintReader, VarintWriter } from '../varints.ts';

/**
 * Parameters of exactly this type, written as C writes it (`struct sk_buff *`), by function and position. Spaces do not
 * matter. Empty where there are none.
 */
export function funcsOfType(index: BtfIndex, type: string, where?: KernelFilter): FuncOfType[] {
  if (where === undefined) {
    return [...keptAnswer(index, ANSWERS, squeeze(type), () => funcsWhere(index, type, where))];
  }
  return funcsWhere(index, type, where);
}

const ANSWERS = Symbol('functions that take a type');

function funcsWhere(index: BtfIndex, type: string, where: KernelFilter | undefined): FuncOfType[] {
  return decoded(index.path, () => {
    const rows = rowsOf(index);
    const { types, functions } = takers(index, rows, type);
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
    const named = [...found.values()]
      .map((one) => ({ ...one, func: rows.text(one.func), param: rows.text(one.param), ranges: unite(one.ranges) }))
      .sort((a, b) => (a.func === b.func ? a.position - b.position : a.func < b.func ? -1 : 1));
    return hitsAt(index, named, where);
  });
}

/** So many questions together cost what reading all functions does. */
const FIRST_QUESTIONS = 4;
const ASKED = Symbol('questions for functions of a type');

interface Takers {
  readonly types: readonly number[];
  /** By type: functions that have such a parameter. */
  readonly functions: ReadonlyMap<number, readonly FunctionAt[]>;
}

/** A process' first questions look for the functions of these types alone; who asks more has all of them in memory. */
function takers(index: BtfIndex, rows: Rows, text: string): Takers {
  const asked = index.cached(ASKED, () => ({ questions: 0 }));
  const types = ++asked.questions > FIRST_QUESTIONS ? undefined : typesOfText(index, rows, text);
  if (types === undefined) {
    asked.questions = FIRST_QUESTIONS;
    const { byText, functions } = parameters(index, rows);
    return { types: ascending(byText.get(squeeze(text)) ?? []), functions };
  }
  const functions = new Map<number, FunctionAt[]>(types.map((one) => [one, []]));
  const protos = new Map(prototypesWith(index, new Set(types)));
  for (const at of functionsOf(index, new Set(protos.keys()))) {
    for (const one of protos.get(at.proto) ?? []) functions.get(one)?.push(at);
  }
  return { types: ascending(types), functions };
}

function ascending(types: readonly number[]): number[] {
  return [...types].sort((a, b) => a - b);
}

/** The prototypes that have parameters of these types, with those of the types. */
function prototypesWith(index: BtfIndex, types: ReadonlySet<number>): [proto: number, types: Set<number>][] {
  if (types.size === 0) return [];
  const found: [number, Set<number>][] = [];
  for (const [id, code] of rowsBeginning(index, TypeTag.FuncProto)) {
    const input = new VarintReader(code, 1);
    input.next(); // what it returns
    let own: Set<number> | undefined;
    for (let left = input.next(); left > 0; left--) {
      input.next(); // the parameter's name
      const type = input.next();
      if (types.has(type)) (own ??= new Set()).add(type);
    }
    if (own !== undefined) found.push([id, own]);
  }
  return found;
}

/** The functions of prototypes. A body is the linkage, nearly always in one byte, and the prototype: SQLite compares them. */
function functionsOf(index: BtfIndex, protos: ReadonlySet<number>): FunctionAt[] {
  if (protos.size === 0) return [];
  const rows = index
    .statement(
      `SELECT name, body, declaration_set FROM declaration WHERE kind = ${TypeTag.Func}
         AND (hex(substr(body, 2)) IN (SELECT value FROM json_each(?)) OR body >= x'80') ORDER BY id`,
    )
    .all(JSON.stringify([...protos].map(hexOf))) as [number, Uint8Array, number][];
  return rows
    .map(([func, body, set]) => ({ func, proto: decodeFunc(body).proto, set }))
    .filter(({ proto }) => protos.has(proto));
}

function hexOf(number: number): string {
  const out = new VarintWriter(8);
  out.add(number);
  return Array.from(out.view(), (byte) => byte.toString(16).padStart(2, '0').toUpperCase()).join('');
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
