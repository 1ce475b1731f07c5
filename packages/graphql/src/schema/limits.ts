// What one request may ask for. Shape limits (depth, aliases, tokens) are checked on the document before anything is
// run; the size of the answer and the time are checked while it is made, because only the data tell how long a list is.

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
  /** Milliseconds for one request. */
  readonly milliseconds: number;
  /** Requests under way at once. */
  readonly concurrency: number;
  /** Bytes of a request's body without files. */
  readonly bodyBytes: number;
  /** Bytes of a request's body with files. */
  readonly uploadBytes: number;
  /** Files in one request. */
  readonly files: number;
  /** Milliseconds of a worker's time for one uploaded question. */
  readonly workMilliseconds: number;
  /** Megabytes of a worker's heap. */
  readonly workMegabytes: number;
}

/** Suits a public server on a small machine. */
export const defaultLimits: Limits = {
  depth: 15,
  aliases: 50,
  tokens: 5_000,
  nodes: 500_000,
  milliseconds: 30_000,
  concurrency: 200,
  bodyBytes: 100_000,
  uploadBytes: 32 * 1024 * 1024,
  files: 100,
  workMilliseconds: 60_000,
  workMegabytes: 512,
};

/** Counts what an answer costs while it is made. Throws TOO_EXPENSIVE or TIMEOUT. */
export class Budget {
  private left: number;
  private readonly limits: Limits;
  private readonly deadline: number;

  constructor(limits: Limits, now: number = performance.now()) {
    this.limits = limits;
    this.left = limits.nodes;
    this.deadline = now + limits.milliseconds;
  }

  /** Takes `count` objects from the budget and looks at the clock. */
  spend(count: number): void {
    this.left -= count;
    if (this.left < 0) {
      throw clientError(
        'TOO_EXPENSIVE',
        `the answer has more than ${this.limits.nodes} objects: ask for pages with first`,
      );
    }
    if (performance.now() > this.deadline) {
      throw clientError('TIMEOUT', `the answer took more than ${this.limits.milliseconds} ms`);
    }
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
