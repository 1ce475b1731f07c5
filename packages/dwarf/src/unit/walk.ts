// Walks the entries of one unit and writes rows (records.ts) of what matters: types wherever they stand, functions with
// their parameters, variables at the top. Bodies are walked too, because types may be declared there; inlined calls and
// call sites are stepped over.

import { DwarfError } from '../errors.ts';
import { type AbbreviationTable, badCode } from '../read/abbreviations.ts';
import { Tag } from '../read/constants.ts';
import type { EntryReader, UnitContext } from '../read/entry-reader.ts';
import type { SectionData } from '../read/section-data.ts';
import { Has, Slot } from '../read/shapes.ts';
import type { UnitHeader } from '../read/unit-header.ts';
import { addAnnotation, addReferredAnnotation } from './annotation-rows.ts';
import { addFunction, addParam, addVariable } from './function-rows.ts';
import { growStack, Owner, type Stack } from './open-entries.ts';
import { AnnotationTarget, F, FunctionFlag, P, T, TypeKind } from './records.ts';
import { addMember, addType, dimension } from './type-rows.ts';
import { readUnitEntry } from './unit-entry.ts';
import type { WalkTools } from './walk-tools.ts';

/** Entries nested deeper than this are damage; compilers stay below a hundred. */
const MAX_DEPTH = 4096;

/** Walks a unit that lies in the section's window. Throws `DwarfError`. */
export function walkUnit(
  header: UnitHeader,
  section: SectionData,
  context: UnitContext,
  table: AbbreviationTable,
  tools: WalkTools,
): void {
  const { reader, records, locations } = tools;
  const { values } = reader;
  const shift = context.unitOrigin - header.start + section.start; // from a place in the window to an entry's offset
  const end = header.end - section.start;
  const owners = new Int32Array(64);
  const rows = new Int32Array(64);
  const components = new Int32Array(64);
  const members = new Int32Array(64);
  const stack: Stack = { owners, rows, components, members };
  components[0] = -1;
  let depth = 0;
  reader.enter(section, context);
  reader.at = header.entries - section.start;

  const first = readUnitEntry(header, section, context, table, tools);
  if (!first.included || !first.hasChildren) return;
  const clang = first.clang;
  locations.enter(context, first.loclistsBase);

  while (reader.at < end) {
    const start = reader.at;
    const code = reader.uleb();
    if (code === 0) {
      if (depth === 0) return;
      depth--;
      continue;
    }
    const shape = table[code];
    if (shape === undefined) throw badCode(code, section, start);
    const owner = stack.owners[depth]!;
    const ownerRow = stack.rows[depth]!;
    const { tag, mask } = shape;
    let childOwner: number = Owner.None;
    let childRow = 0;
    let childComponent = -1;
    const offset = start + shift;

    // a variable in a body says nothing; nor does what its children might
    if (tag === Tag.Variable && (owner === Owner.Body || owner === Owner.Function)) reader.run(shape.skip);
    else reader.run(shape.program);

    switch (tag) {
      case Tag.Member: {
        if (owner === Owner.Type) {
          addMember(records, ownerRow, mask, values);
          childOwner = Owner.Type;
          childRow = ownerRow;
          childComponent = stack.members[depth]!++;
          if ((mask & Has.Annotation) !== 0) {
            addReferredAnnotation(records, AnnotationTarget.Type, ownerRow, childComponent, values, offset);
          }
        }
        break;
      }
      case Tag.FormalParameter: {
        if (owner === Owner.Function) {
          const param = addParam(records, ownerRow, mask, values, offset, tools);
          childOwner = Owner.Param;
          childRow = ownerRow;
          childComponent = records.params.data[param * P.Stride + P.Index]!;
          if ((mask & Has.Annotation) !== 0) {
            addReferredAnnotation(records, AnnotationTarget.Function, ownerRow, childComponent, values, offset);
          }
        } else if (owner === Owner.Type) {
          const name = (mask & Has.Name) !== 0 ? values[Slot.Name]! : 0;
          records.addElement(ownerRow, name, (mask & Has.Type) !== 0 ? values[Slot.Type]! : 0, 0, 0, 0);
        }
        break;
      }
      case Tag.Enumerator:
        if (owner === Owner.Type) {
          const has = (mask & Has.ConstValue) !== 0;
          records.addElement(
            ownerRow,
            (mask & Has.Name) !== 0 ? values[Slot.Name]! : 0,
            0,
            has ? values[Slot.ConstValue]! : 0,
            has ? values[Slot.ConstValue + 1]! : 0,
            0,
          );
        }
        break;
      case Tag.SubrangeType:
        if (owner === Owner.Type && records.types.data[ownerRow * T.Stride] === TypeKind.Array) {
          records.addElement(ownerRow, 0, dimension(mask, values), 0, 0, 0);
        }
        break;
      case Tag.UnspecifiedParameters:
        if (owner === Owner.Type) records.types.data[ownerRow * T.Stride + T.Flags] = 1;
        else if (owner === Owner.Function) {
          records.functions.data[ownerRow * F.Stride + F.Flags]! |= FunctionFlag.Variadic;
        }
        break;
      case Tag.Subprogram:
        childRow = addFunction(records, mask, values, offset, clang);
        childOwner = Owner.Function;
        break;
      case Tag.LexicalBlock:
        childOwner = Owner.Body;
        break;
      case Tag.InlinedSubroutine:
      case Tag.CallSite:
      case Tag.GnuCallSite:
        if (shape.hasChildren) {
          if ((mask & Has.Sibling) !== 0) {
            const next = values[Slot.Sibling]! - shift;
            if (!(next >= reader.at && next <= end)) throw badSibling(section, start);
            reader.at = next;
          } else skipChildren(reader, table, end, section);
        }
        continue;
      case Tag.Variable:
        if (owner === Owner.None) {
          childRow = addVariable(records, mask, values, offset, tools);
          childOwner = Owner.Variable;
        }
        break;
      case Tag.LlvmAnnotation:
      case Tag.GnuAnnotation:
        addAnnotation(records, owner, ownerRow, stack.components[depth]!, mask, values, offset);
        break;
      case Tag.Namespace:
        break;
      default:
        childRow = addType(records, tag, mask, values, offset);
        if (childRow > 0) childOwner = Owner.Type;
        // a type inside of a body leaves the body's other entries what they are
        else if (owner === Owner.Function || owner === Owner.Body) childOwner = Owner.Body;
    }
    if (shape.hasChildren) {
      if (++depth >= MAX_DEPTH) {
        throw new DwarfError('limit', `entries nested ${depth} deep`, {
          section: section.name,
          expected: `${MAX_DEPTH}`,
        });
      }
      if (depth + 1 >= stack.owners.length) growStack(stack);
      stack.owners[depth] = childOwner;
      stack.rows[depth] = childRow;
      stack.components[depth] = childComponent;
      stack.members[depth] = 0;
    }
  }
  if (reader.at > end)
    throw new DwarfError('truncated', 'a unit ends within an entry', { section: section.name, offset: header.start });
}

/** Steps over the children of an entry that has no DW_AT_sibling. */
function skipChildren(reader: EntryReader, table: AbbreviationTable, end: number, section: SectionData): void {
  let depth = 1;
  while (depth > 0) {
    if (reader.at >= end) throw new DwarfError('truncated', 'a unit ends within an entry', { section: section.name });
    const start = reader.at;
    const code = reader.uleb();
    if (code === 0) {
      depth--;
      continue;
    }
    const shape = table[code];
    if (shape === undefined) throw badCode(code, section, start);
    reader.run(shape.skip);
    if (shape.hasChildren) depth++;
  }
}

function badSibling(section: SectionData, at: number): DwarfError {
  return new DwarfError('bad-reference', 'DW_AT_sibling points backwards or out of the unit', {
    section: section.name,
    offset: section.start + at,
  });
}
