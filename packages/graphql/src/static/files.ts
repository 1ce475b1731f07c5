// Files of a request in their places, as the GraphQL multipart request specification names them.

import type { QueryRequest } from './protocol.ts';

/** The request with its files among its variables. Throws for a place that is not there. */
export function withFiles({
  query,
  variables,
  operationName,
  files,
}: QueryRequest): Omit<QueryRequest, 'id' | 'files'> {
  if (files === undefined) return { query, variables, operationName };
  const whole = { variables: copied(variables ?? {}) };
  for (const [path, file] of Object.entries(files)) {
    const keys = path.split('.');
    const name = keys.pop()!;
    let at: unknown = whole;
    for (const key of keys)
      at = typeof at === 'object' && at !== null ? (at as Record<string, unknown>)[key] : undefined;
    if (typeof at !== 'object' || at === null || keys.length === 0)
      throw new Error(`there is no place ${path} for a file`);
    (at as Record<string, unknown>)[name] = file;
  }
  return { query, variables: whole.variables as Record<string, unknown>, operationName };
}

/** Lists and objects anew; what they hold as it is. */
function copied(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(copied);
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, copied(one)]));
}
