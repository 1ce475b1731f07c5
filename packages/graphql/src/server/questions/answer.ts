// One operation from text to bytes, in the thread that answers it: parsed and checked under the limits of shape, run under
// a budget, written as JSON.

import {
  type DocumentNode,
  execute,
  getOperationAST,
  GraphQLError,
  type GraphQLFormattedError,
  NoSchemaIntrospectionCustomRule,
  parse,
  specifiedRules,
  validate,
} from 'graphql';
import { LRUCache } from 'lru-cache';
import type { BtfIndex } from '@btfq/btf-index';
import { clientError } from '../../errors.ts';
import { type Context, createServices } from '../../schema/context.ts';
import { Budget, type Limits, shapeRule } from '../../schema/limits.ts';
import { createSchema } from '../../schema/schema.ts';
import { withFiles } from '../../static/files.ts';
import type { BundleStore } from '../../uploads/bundle-store.ts';
import { threadUploads } from '../../uploads/thread-uploads.ts';
import { knownError, maskedError } from '../faults.ts';
import { guardSchema } from './guarded-schema.ts';
import type { OperationQuestion, Reply, UploadWork } from './protocol.ts';

/** Documents kept after they were parsed and found right, and the characters of them all. */
const KEPT_DOCUMENTS = { max: 500, maxSize: 1_000_000 } as const;
/** Faults of one document that a client sees. */
const MOST_FAULTS = 20;

/** How one question is to be answered. */
export interface Terms {
  readonly milliseconds: number;
  /** Throws where the answer is no longer wanted in this thread. */
  readonly stop: () => void;
}

/** Answers operations over an index, one at a time. */
export interface Answerer {
  answer(index: BtfIndex, question: OperationQuestion, terms: Terms): Promise<Reply>;
}

/** Thrown by `stop`, and by no resolver: the answer is to be begun again elsewhere, or not at all. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
}

export function createAnswerer(limits: Limits, introspection: boolean, store: BundleStore | undefined): Answerer {
  const schema = guardSchema(createSchema());
  const rules = [shapeRule(limits), ...specifiedRules, ...(introspection ? [] : [NoSchemaIntrospectionCustomRule])];
  const documents = new LRUCache<string, DocumentNode>({
    ...KEPT_DOCUMENTS,
    sizeCalculation: (_, text) => text.length + 1,
  });

  /** The document of a text. Throws GraphQLErrors in a list. */
  const documentOf = (text: string): DocumentNode => {
    const kept = documents.get(text);
    if (kept !== undefined) return kept;
    const document = parsed(text, limits);
    // the limits of shape first and alone: the other rules compare every field with every other
    const tooMuch = validate(schema, document, [shapeRule(limits)], { maxErrors: MOST_FAULTS });
    const faults = tooMuch.length > 0 ? tooMuch : validate(schema, document, rules, { maxErrors: MOST_FAULTS });
    if (faults.length > 0) throw new Refusal(faults);
    if (text.length < KEPT_DOCUMENTS.maxSize) documents.set(text, document);
    return document;
  };

  return {
    async answer(index, question, terms) {
      const generation = index.generation();
      const watch = index.unwatched();
      let reply: Reply;
      try {
        reply = await once(index, question, terms);
      } finally {
        watch();
      }
      if (index.generation() === generation) return reply;
      // another process wrote meanwhile: the answer may be of two states
      const release = index.hold();
      try {
        return await once(index, question, terms);
      } finally {
        release();
      }
    },
  };

  async function once(index: BtfIndex, question: OperationQuestion, { milliseconds, stop }: Terms): Promise<Reply> {
    const defects: string[] = [];
    const told = (error: GraphQLError): GraphQLFormattedError => {
      const known = knownError(error);
      if (known !== undefined) return known.toJSON();
      defects.push(String(error.originalError?.stack ?? error.stack ?? error));
      return maskedError(error).toJSON();
    };
    let document: DocumentNode;
    try {
      document = documentOf(question.query);
      mayRun(document, question);
    } catch (error) {
      if (error instanceof Refusal) {
        return {
          kind: 'refused',
          errors: error.faults.map((one) => refusal(one, 'GRAPHQL_VALIDATION_FAILED')),
          defects,
        };
      }
      if (!(error instanceof GraphQLError)) throw error;
      return { kind: 'refused', errors: [refusal(error, 'GRAPHQL_PARSE_FAILED')], defects };
    }
    const budget = new Budget({ ...limits, milliseconds }, performance.now(), stop);
    const work: UploadWork[] = [];
    let repeatable = true;
    const services = createServices(index, {
      limits,
      budget,
      uploads: store && threadUploads(index, store, limits, (one) => work.push(one)),
    });
    const contextValue: Context = {
      btfq: {
        ...services,
        get uploads() {
          repeatable = false; // bundles come and go
          return services.uploads;
        },
      },
    };
    const generation = index.generation();
    const { variables } = withFiles({ ...question, id: 0, files: asFiles(question.files) });
    const operation = getOperationAST(document, question.operationName);
    const result = await execute({
      schema,
      document,
      contextValue,
      ...(variables ? { variableValues: variables } : {}),
      ...(question.operationName ? { operationName: question.operationName } : {}),
    });
    const ended = budget.ended;
    if (ended instanceof Interrupted) throw ended;
    const { data, errors } = result;
    if (data === undefined) return { kind: 'refused', errors: (errors ?? []).map(told).map(badRequest), defects };
    const first = ended && errors?.find((error) => error.originalError === ended || error.message === ended.message);
    let listed = (ended ? [first ?? (ended as GraphQLError)] : (errors ?? [])).map(told);
    let json = encoded(ended ? null : data, listed);
    if (json.length > limits.answerBytes && ended === undefined) {
      try {
        budget.tooLarge();
      } catch (error) {
        listed = [told(error as GraphQLError)];
        json = encoded(null, listed);
      }
    }
    return {
      kind: 'answer',
      json,
      codes: listed.map(({ extensions }) => String(extensions?.['code'] ?? 'GRAPHQL')),
      repeatable: repeatable && listed.length === 0 && operation?.operation === 'query',
      generation,
      defects,
      work,
    };
  }
}

/** Faults of a document, all of them the client's. */
class Refusal extends Error {
  readonly faults: readonly GraphQLError[];

  constructor(faults: readonly GraphQLError[]) {
    super('the document is refused');
    this.faults = faults;
  }
}

function parsed(text: string, limits: Limits): DocumentNode {
  try {
    return parse(text, { maxTokens: limits.tokens });
  } catch (error) {
    if ((error as Error).message.includes('tokens')) {
      throw clientError('TOO_MANY_TOKENS', `the query has more than ${limits.tokens} tokens`);
    }
    if (error instanceof GraphQLError) throw error;
    // thousands of nested braces: the parser calls itself for each
    if (error instanceof RangeError)
      throw clientError('TOO_DEEP', `the query nests deeper than ${limits.depth} levels`);
    throw error;
  }
}

function mayRun(document: DocumentNode, { operationName, mayChange }: OperationQuestion): void {
  const operation = getOperationAST(document, operationName);
  if (operation === null || operation === undefined) {
    throw new GraphQLError('Could not determine what operation to execute.', {
      extensions: { code: 'BAD_USER_INPUT' },
    });
  }
  if (operation.operation !== 'query' && !mayChange) {
    throw clientError('GET_IS_FOR_QUERIES', 'a GET may only query: send a mutation by POST');
  }
}

/** A fault of the document in GraphQL's form: HTTP status 400 for clients that ask for the newer media type. */
function refusal(error: GraphQLError, code: string): GraphQLFormattedError {
  const plain = error.toJSON();
  return badRequest({ ...plain, extensions: { code, ...plain.extensions } });
}

function badRequest(error: GraphQLFormattedError): GraphQLFormattedError {
  if (error.extensions?.['http'] !== undefined) return error;
  return { ...error, extensions: { ...error.extensions, http: { spec: true, status: 400 } } };
}

function asFiles(files: OperationQuestion['files']): Record<string, File> | undefined {
  if (files === undefined) return undefined;
  return Object.fromEntries(Object.entries(files).map(([path, { name, bytes }]) => [path, new File([bytes], name)]));
}

function encoded(data: unknown, errors: readonly GraphQLFormattedError[]): Uint8Array<ArrayBuffer> {
  const shown = errors.map(({ extensions, ...error }) => {
    if (extensions === undefined) return error;
    const { http: _, ...rest } = extensions;
    return { ...error, extensions: rest };
  });
  return new TextEncoder().encode(JSON.stringify({ data, ...(shown.length > 0 ? { errors: shown } : {}) }));
}
