// How many bytes a sketch has: see similarity-sketch.ts.

export const SKETCH_SUMS = 256;
export const SKETCH_MINIMA = 64;
export const SKETCH_BYTES = SKETCH_SUMS + SKETCH_MINIMA * 2;
