// The worker that answers from a published index: the same schema as the server's, over SQLite's WebAssembly.
import '@btfq/graphql/worker';
