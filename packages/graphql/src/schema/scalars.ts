// BigInt and File: the two scalars that GraphQL lacks.

import { GraphQLScalarType } from 'graphql';
import { clientError } from '../errors.ts';

/** A file as a resolver gets it, whichever way it came. */
export interface UploadedFile {
  readonly name: string;
  /** The content; throws BAD_FILE where it is no base64. */
  bytes(): Promise<Uint8Array>;
}

/** What the multipart request's parts are: the platform's File. */
interface PlatformFile {
  readonly name: string;
  arrayBuffer(): Promise<ArrayBuffer>;
}

function isPlatformFile(value: unknown): value is PlatformFile {
  return typeof value === 'object' && value !== null && 'arrayBuffer' in value && 'name' in value;
}

function fileFromInput(value: unknown): UploadedFile {
  if (isPlatformFile(value)) {
    return { name: baseName(value.name), bytes: async () => new Uint8Array(await value.arrayBuffer()) };
  }
  const { name, base64 } = (typeof value === 'object' && value !== null ? value : {}) as Record<string, unknown>;
  if (typeof base64 !== 'string') {
    throw clientError('BAD_FILE', 'a File is a part of a multipart request, or {name, base64}');
  }
  return {
    name: baseName(typeof name === 'string' ? name : 'object.bpf.o'),
    bytes: async () => {
      try {
        return Uint8Array.from(atob(base64.replace(/\s/g, '')), (char) => char.charCodeAt(0));
      } catch {
        throw clientError('BAD_FILE', 'the file is not base64');
      }
    },
  };
}

/** The last part of a name that a client sent: it is shown and never used as a path. */
function baseName(name: string): string {
  return name.replace(/^.*[\\/]/, '').slice(0, 200) || 'object.bpf.o';
}

export const FileScalar = new GraphQLScalarType({
  name: 'File',
  description: 'A part of a multipart request, or an object `{name, base64}`.',
  coerceInputValue: fileFromInput,
  coerceOutputValue: () => {
    throw new TypeError('a File is never an answer');
  },
});

export const BigIntScalar = new GraphQLScalarType({
  name: 'BigInt',
  description: 'A whole number: a JSON number up to 2^53, a string beyond it.',
  coerceOutputValue: (value: unknown) => {
    const big = BigInt(value as bigint | number);
    const safe = big <= BigInt(Number.MAX_SAFE_INTEGER) && big >= BigInt(Number.MIN_SAFE_INTEGER);
    return safe ? Number(big) : big.toString();
  },
  coerceInputValue: (value: unknown) => BigInt(value as string | number),
});
