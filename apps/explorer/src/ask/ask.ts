// How the page asks: one function, whoever answers. `http.ts` asks a server, `worker.ts` an index that lies beside the page.

/** The text of an operation, with the types of what it takes and gives. */
export type Document<Data, Variables> = string & {
  readonly __data?: (data: Data) => Data;
  readonly __variables?: (variables: Variables) => Variables;
};

/** Answers operations of the schema. */
export interface Source {
  /** `server`: objects are uploaded to it. `page`: nothing leaves the page. */
  readonly kind: 'server' | 'page';
  /** Rejects with an AskError. */
  ask<Data, Variables>(document: Document<Data, Variables>, variables: Variables): Promise<Data>;
  /** Where a path that an answer names (`/bundles/...`) is to be had; undefined where there is no server. */
  href(path: string): string | undefined;
  /** The archive of a bundle by its id, where there is no server to get it from. */
  bundle?(id: string): Promise<{ readonly name: string; readonly url: string }>;
}

/** Why there is no answer. */
export class AskError extends Error {
  override readonly name = 'AskError';
  /** The server's `extensions.code`, or LOST where nobody answered. */
  readonly code: string;

  constructor(message: string, code: string) {
    super(message);
    this.code = code;
  }
}
