// Automatic persisted queries: a client sends the hash of a query it sent before. The protocol is Apollo's
// (extensions.persistedQuery); GET requests with a hash stay short, so that a CDN can keep their answers.

import { createHash } from 'node:crypto';
import { GraphQLError } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { LRUCache } from 'lru-cache';

interface PersistedQuery {
  readonly version: number;
  readonly sha256Hash: string;
}

function persistedQuery(extensions: unknown): PersistedQuery | undefined {
  const asked = (extensions as { persistedQuery?: Partial<PersistedQuery> } | undefined)?.persistedQuery;
  return asked?.version === 1 && typeof asked.sha256Hash === 'string' ? (asked as PersistedQuery) : undefined;
}

function refuse(message: string, code: string, status: number): GraphQLError {
  return new GraphQLError(message, { extensions: { code, http: { status } } });
}

/** Keeps the queries asked last by their hash, `maxBytes` of them at most. */
export function automaticPersistedQueries(maxBytes = 4 * 1024 * 1024): Plugin {
  const store = new LRUCache<string, string>({ maxSize: maxBytes, sizeCalculation: (query) => query.length + 64 });
  return {
    onParams({ params, setParams }) {
      const asked = persistedQuery(params.extensions);
      if (asked === undefined) return;
      if (params.query === undefined) {
        const query = store.get(asked.sha256Hash);
        if (query === undefined) throw refuse('PersistedQueryNotFound', 'PERSISTED_QUERY_NOT_FOUND', 404);
        setParams({ ...params, query });
        return;
      }
      if (createHash('sha256').update(params.query).digest('hex') !== asked.sha256Hash) {
        throw refuse('PersistedQueryMismatch', 'PERSISTED_QUERY_MISMATCH', 400);
      }
      store.set(asked.sha256Hash, params.query);
    },
  };
}
