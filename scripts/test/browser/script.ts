// Bundles an entry for a browser.

import { rolldown } from 'rolldown';

/** One script out of an entry; an import of a Node module is an error here. */
export async function browserScript(entry: string): Promise<string> {
  const bundle = await rolldown({
    input: entry,
    platform: 'browser',
    resolve: { conditionNames: ['@btfq/source', 'browser', 'import'] },
    external: [],
    onLog(level, log) {
      if (level !== 'info' && level !== 'debug' && log.code !== 'EVAL') throw new Error(log.message);
    },
  });
  const { output } = await bundle.generate({ format: 'es', codeSplitting: false });
  await bundle.close();
  return output[0].code;
}
