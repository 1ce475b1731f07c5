// What the object page's parts are given: the answers of its questions, by shorter names.
import type { ObjectFileQuery, ObjectLoadsQuery, ObjectMatrixQuery } from '../generated/operations.ts';

export type BpfObject = ObjectFileQuery['object'];
export type Relocation = BpfObject['relocations'][number];
/** Kernels on which all relocations end alike. */
export type MatrixRow = ObjectMatrixQuery['object']['matrix'][number];
/** Kernels with the same verdicts. */
export type LoadRow = ObjectLoadsQuery['object']['loads'][number];
