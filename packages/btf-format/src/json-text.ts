// What stands between the values of the JSON dump: keys with the commas, line breaks and indentation around them, made
// once a dump. json_writer.c of bpftool: compact, or with four spaces a level and no break before an element's brace.

import { ascii } from './byte-output.ts';
import { kindName, MAX_KIND } from './kinds.ts';

const INDENT = '    ';
/** Levels of indentation: the root's fields, a type's, an element's. */
const DEPTH = { root: 1, type: 3, element: 5 } as const;

export type JsonText = ReturnType<typeof jsonText>;

/** The text around values, compact or pretty. */
export function jsonText(pretty: boolean) {
  const line = (depth: number) => (pretty ? `\n${INDENT.repeat(depth)}` : '');
  const key = (depth: number, name: string) => `${line(depth)}"${name}":${pretty ? ' ' : ''}`;
  const next = (name: string, depth: number = DEPTH.type) => ascii(`,${key(depth, name)}`);
  const list = (name: string) => ascii(`,${key(DEPTH.type, name)}[`);
  const inner = (name: string) => next(name, DEPTH.element);
  const endType = `${line(DEPTH.type - 1)}}`;
  const endElement = `${line(DEPTH.element - 1)}}`;
  const kinds = Array.from({ length: MAX_KIND + 1 }, (_, kind) =>
    ascii(`,${key(DEPTH.type, 'kind')}"${kindName(kind)}",${key(DEPTH.type, 'name')}`),
  );
  return {
    open: ascii(`{${key(DEPTH.root, 'types')}[`),
    comma: ascii(','),
    close: ascii(`${line(DEPTH.root)}]${line(0)}}\n`),
    closeEmpty: ascii(`]${line(0)}}\n`),
    endType: ascii(endType),
    endElements: ascii(`${endElement}${line(DEPTH.type)}]`),
    endEmpty: ascii(']'),
    /** `,"kind":"STRUCT","name":` by kind. */
    kinds,
    /** The fields of a type. */
    type: {
      id: ascii(`{${key(DEPTH.type, 'id')}`),
      size: next('size'),
      bitsOffset: next('bits_offset'),
      nrBits: next('nr_bits'),
      encoding: next('encoding'),
      typeId: next('type_id'),
      indexTypeId: next('index_type_id'),
      nrElems: next('nr_elems'),
      vlen: next('vlen'),
      fwdKind: next('fwd_kind'),
      linkage: next('linkage'),
      retTypeId: next('ret_type_id'),
      componentIdx: next('component_idx'),
      flags: next('flags'),
      members: list('members'),
      values: list('values'),
      location: next('values'),
      params: list('params'),
      vars: list('vars'),
      locs: list('locs'),
    },
    /** The fields of a member, value, parameter, variable or location. `next...` also end the one before. */
    element: {
      firstName: ascii(`{${key(DEPTH.element, 'name')}`),
      nextName: ascii(`${endElement},{${key(DEPTH.element, 'name')}`),
      firstTypeId: ascii(`{${key(DEPTH.element, 'type_id')}`),
      nextTypeId: ascii(`${endElement},{${key(DEPTH.element, 'type_id')}`),
      typeId: inner('type_id'),
      bitsOffset: inner('bits_offset'),
      bitfieldSize: inner('bitfield_size'),
      val: inner('val'),
      offset: inner('offset'),
      size: inner('size'),
      value: inner('value'),
      funcTypeId: inner('func_type_id'),
      locProtoTypeId: inner('loc_proto_type_id'),
    },
  };
}
