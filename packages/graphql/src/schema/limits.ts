// What one request may ask for. Shape limits (depth, aliases, tokens) are checked on the document before anything is
// run; the size of the answer and the time are checked while it is made, because only the data say how long a list is.

import {
  type ASTVisitor,
  type DocumentNode,
  GraphQLError,
  Kind,
  type SelectionSetNode,
  type ValidationContext,
} from 'graphql';
import { clientError, type GraphqlErrorCode } from '../errors.ts';

/** Limits of the server, each an option; `defaultLimits` suits a public server on a small machine. */
export interface Limits {
  /** Levels of nested fields. Introspection alone needs 13. */
  readonly depth: number;
  /** Aliased fields in a document, fragments counted where they are spread. */
  readonly aliases: number;
  /** Tokens of a document. */
  readonly tokens: number;
  /** Objects in an answer, all lists together. */
  readonly nodes: number;
  /** Bytes of an answer as JSON. */
  readonly answerBytes: number;
  /** Milliseconds for one request. */
  readonly milliseconds: number;
  /** Requests under way at once: counted from when the whole request is there until it is answered. */
  readonly concurrency: number;
  /** Bytes of a request's body that always finds room, however many others are held. */
  readonly bodyBytes: number;
  /** Bytes of a request's body of JSON, with files in base64. */
  readonly jsonBytes: number;
  /** Bytes of a request's body with files. */
  readonly uploadBytes: number;
  /** Files in one request. */
  readonly files: number;
  /** Milliseconds for a request about uploaded objects. */
  readonly workMilliseconds: number;
  /** Megabytes of a thread's heap. */
  readonly workMegabytes: number;
}

/** Suits a public server on a small machine. */
export const defaultLimits: Limits = {
  depth: 15,
  aliases: 50,
  tokens: 5_000,
  nodes: 500_000,
  answerBytes: 16 * 1024 * 1024,
  milliseconds: 30_000,
  concurrency: 200,
  bodyBytes: 100_000,
  jsonBytes: 8 * 1024 * 1024,
  uploadBytes: 32 * 1024 * 1024,
  files: 100,
  workMilliseconds: 60_000,
  workMegabytes: 512,
};

/** Fields between two looks at the clock. */
const LOOK_EVERY = 64;

/** How to ask for less, said wherever an answer is too large. */
const ASK_FOR_LESS = 'ask for pages with first and after, for fewer kernels with where, or for fewer fields';

/**
 * Counts what an answer costs while it is made. Throws TOO_EXPENSIVE, TIMEOUT, or what `stop` throws; once it has
 * thrown, it throws the same at every further step, so that nothing more is worked out.
 */
export class Budget {
  /** What ended the answer. */
  ended: Error | undefined;
  private left: number;
  private bytes = 0;
  private steps = 0;
  private readonly limits: Limits;
  private readonly deadline: number;
  private readonly stop: (() => void) | undefined;

  /** `stop` is asked now and then, and throws where the answer is no longer wanted. */
  constructor(limits: Limits, now: number = performance.now(), stop?: () => void) {
    this.limits = limits;
    this.left = limits.nodes;
    this.deadline = now + limits.milliseconds;
    this.stop = stop;
  }

  /** Takes `count` objects from the budget and looks at the clock. */
  spend(count: number): void {
    this.left -= count;
    if (this.left < 0)
      this.end(clientError('TOO_EXPENSIVE', `the answer has more than ${this.limits.nodes} objects: ${ASK_FOR_LESS}`));
    this.look();
  }

  /** One field of the answer is about to be made: its key counts, and the clock is looked at now and then. */
  step(key: number): void {
    if (this.ended !== undefined) throw this.ended;
    this.weigh(key + 4);
    if (++this.steps % LOOK_EVERY === 0) this.look();
  }

  /** Counts bytes of the answer. */
  weigh(bytes: number): void {
    this.bytes += bytes;
    if (this.bytes > this.limits.answerBytes) this.tooLarge();
  }

  /** The answer as it turned out is larger than allowed. */
  tooLarge(): never {
    this.end(
      clientError('TOO_EXPENSIVE', `the answer is larger than ${this.limits.answerBytes} bytes: ${ASK_FOR_LESS}`),
    );
  }

  private look(): void {
    if (this.ended !== undefined) throw this.ended;
    if (performance.now() > this.deadline) {
      this.end(clientError('TIMEOUT', `the answer took more than ${this.limits.milliseconds} ms`));
    }
    try {
      this.stop?.();
    } catch (error) {
      this.end(error as Error);
    }
  }

  private end(error: Error): never {
    this.ended ??= error;
    throw this.ended;
  }
}

interface Shape {
  readonly depth: number;
  readonly aliases: number;
}

/** The depth and the aliases of a selection, through fragments. A fragment cycle counts as endless. */
function shapeOf(
  set: SelectionSetNode,
  fragments: ReadonlyMap<string, SelectionSetNode>,
  done: Map<string, Shape>,
  open: Set<string>,
): Shape {
  let depth = 0;
  let aliases = 0;
  for (const selection of set.selections) {
    let inner: Shape = { depth: 0, aliases: 0 };
    switch (selection.kind) {
      case Kind.FIELD:
        if (selection.selectionSet) inner = shapeOf(selection.selectionSet, fragments, done, open);
        inner = { depth: inner.depth + 1, aliases: inner.aliases + (selection.alias ? 1 : 0) };
        break;
      case Kind.INLINE_FRAGMENT:
        inner = shapeOf(selection.selectionSet, fragments, done, open);
        break;
      case Kind.FRAGMENT_SPREAD: {
        const name = selection.name.value;
        const fragment = fragments.get(name);
        if (fragment === undefined) break; // the standard rules report it
        if (open.has(name)) return { depth: Number.POSITIVE_INFINITY, aliases: Number.POSITIVE_INFINITY };
        const known = done.get(name);
        if (known !== undefined) inner = known;
        else {
          open.add(name);
          inner = shapeOf(fragment, fragments, done, open);
          open.delete(name);
          done.set(name, inner);
        }
        break;
      }
    }
    depth = Math.max(depth, inner.depth);
    aliases += inner.aliases;
  }
  return { depth, aliases };
}

/** A validation rule that refuses documents over the limits of shape. Throws nothing: it reports. */
export function shapeRule(limits: Limits): (context: ValidationContext) => ASTVisitor {
  return (context) => ({
    Document(document: DocumentNode) {
      const fragments = new Map<string, SelectionSetNode>();
      for (const part of document.definitions) {
        if (part.kind === Kind.FRAGMENT_DEFINITION) fragments.set(part.name.value, part.selectionSet);
      }
      const done = new Map<string, Shape>();
      for (const part of document.definitions) {
        if (part.kind !== Kind.OPERATION_DEFINITION) continue;
        const shape = shapeOf(part.selectionSet, fragments, done, new Set());
        if (shape.depth > limits.depth) report(context, 'TOO_DEEP', `nests deeper than ${limits.depth} levels`);
        if (shape.aliases > limits.aliases)
          report(context, 'TOO_MANY_ALIASES', `has more than ${limits.aliases} aliases`);
      }
    },
  });
}

function report(context: ValidationContext, code: GraphqlErrorCode, what: string): void {
  context.reportError(new GraphQLError(`the query ${what}`, { extensions: { code } }));
}
