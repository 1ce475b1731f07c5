// How Go and Rust align what is written: a member that is not where the compiler would put it becomes bytes.

import type { CompositeDefinition, LayoutPart, Shape } from './type-plan.ts';
import { layoutParts } from './type-plan.ts';

/** Alignments of definitions as they are written, by definition. */
export class NativeAlign {
  private readonly known = new Map<CompositeDefinition, number>();

  /** What the compiler aligns a member of this type to, on 64-bit machines. */
  of(shape: Shape): number {
    switch (shape.shape) {
      case 'array':
        return this.of(shape.element);
      case 'composite':
        return this.ofComposite(shape.definition);
      case 'bytes':
        return 1;
      default:
        return shape.size;
    }
  }

  /** Whether a member can be written as what it is: at its offset, in a definition of this size. */
  fits(shape: Shape, offset: number, size: number): boolean {
    const align = this.of(shape);
    return offset % align === 0 && size % align === 0;
  }

  private ofComposite(definition: CompositeDefinition): number {
    let align = this.known.get(definition);
    if (align === undefined) {
      const fields =
        definition.kind === 'union'
          ? definition.fields.map((field) => ({ field, offset: 0 }))
          : layoutParts(definition).filter(isField);
      align = Math.max(
        1,
        ...fields
          .filter(({ field, offset }) => field.bitSize === 0 && this.fits(field.shape, offset, definition.size))
          .map(({ field }) => this.of(field.shape)),
      );
      this.known.set(definition, align);
    }
    return align;
  }
}

const isField = (part: LayoutPart): part is Extract<LayoutPart, { part: 'field' }> => part.part === 'field';
