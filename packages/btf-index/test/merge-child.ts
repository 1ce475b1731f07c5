// A process to be killed: merges an index into another, and says when it begins.

import { mergeIndex, openIndex } from '@btfq/btf-index';

const [into = '', from = ''] = process.argv.slice(2);
const index = openIndex(into);
process.stdout.write('open\n');
mergeIndex(index, from);
index.close();
