// The entry of a thread that answers questions. Code that was compiled once is taken from Node's cache: threads are started
// again where a question had to be ended by force, and the next one waits for them.

import { enableCompileCache } from 'node:module';

enableCompileCache();
const { answerPosted } = await import('./thread-answers.ts');

export default answerPosted;
