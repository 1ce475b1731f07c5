// Threads of the executable: there are no files of modules that they could begin with, so they run the whole script again, which sees that
// it is in a thread and goes on with what that thread is for.

import { join, resolve } from 'node:path';

/** How a runtime starts the script in a thread. */
export interface Threads {
  /** An expression: whether this is a thread. It is asked first of all, so it costs nothing. */
  readonly isThread: string;
  /** An expression of the script as a worker takes it, and of the options with it, from `options`. */
  readonly script: string;
  readonly options: string;
}

const GRAPHQL = resolve(import.meta.dirname, '../packages/graphql');

/** The bundle begins with this module. */
export const ENTRY = 'btfq:entry';

/** The names by which threads are asked for. */
const INGEST = 'btfq:///ingest/worker.js';
const PISCINA = 'btfq:///piscina/worker.js';

/** The first module: the command, or what a thread is for. */
export function entryCode(cli: string, { isThread }: Threads): string {
  const loaded = (file: string) => `import(${JSON.stringify(file)})`;
  const ingest = loaded(join(cli, 'dist/ingest/worker.js'));
  const piscina = loaded(join(GRAPHQL, 'node_modules/piscina/dist/worker.js'));
  return `
// processes of \`btfq serve\` are given the name of a script before their arguments, and the script is in them
if (process.env.BTFQ_SERVE_PORT !== undefined && process.connected) process.argv.splice(2, 1);
if (!(${isThread})) void ${loaded(join(cli, 'dist/main.js'))};
else void import('node:worker_threads').then(({ threadName }) => threadName === '${INGEST}' ? ${ingest} : ${piscina});
`;
}

/** In place of `node:worker_threads`: a worker of one of our names is the script, which is told the name with its data. */
export function threadsModule({ isThread, script, options }: Threads): string {
  return `
const threads = require('node:worker_threads');
class Worker extends threads.Worker {
  constructor(file, given) {
    const name = String(file);
    if (!name.startsWith('btfq:')) super(file, given);
    else {
      const options = { ...given, workerData: { threadName: name, data: given?.workerData } };
      super(${script}, ${options});
    }
  }
}
const ours = (${isThread}) ? threads.workerData : undefined;
module.exports = { ...threads, Worker, ...(ours && { threadName: ours.threadName, workerData: ours.data }) };
`;
}

/** The code of a module that starts threads, or runs in one: by our names. Null for any other module. */
export function inThreads(code: string, id: string): string | null {
  const replaced = (from: RegExp, to: string) => {
    if (!from.test(code)) throw new Error(`${id}: there is no ${from} any more`);
    return code.replaceAll(from, () => to);
  };
  if (id.endsWith('/cli/dist/ingest/pool.js')) return replaced(/import\.meta\.url/g, "'btfq:///ingest/pool.js'");
  if (id.endsWith('/server/questions/lanes.js')) return replaced(/import\.meta\.url/g, "'btfq:///questions/lanes.js'");
  if (id.endsWith('/piscina/dist/index.js')) {
    return replaced(/\(0, node_path_1\.resolve\)\(__dirname, 'worker\.js'\)/g, `'${PISCINA}'`);
  }
  if (id.endsWith('/piscina/dist/worker.js')) {
    // the file of a task is always that of questions
    const file = JSON.stringify(join(GRAPHQL, 'dist/server/questions/thread-answers.js'));
    const loaded = `handler = (await import(${file})).answerPosted`;
    return replaced(/handler = await Promise\.resolve\(`\$\{filename\}`\)\.then\([^;]*;/g, `${loaded};`);
  }
  return null;
}
