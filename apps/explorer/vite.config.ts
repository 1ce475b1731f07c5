// How the page is built: JSX for Preact, hashed files, relative addresses so that any folder of any host can hold it, and the
// licences of what went into it beside them.
import { defaultClientConditions, defineConfig, type Plugin } from 'vite';
import { licensesText, packagesOf } from '../../scripts/licenses.ts';

const served = 'http://127.0.0.1:4000';
const toServer = { target: served, changeOrigin: true, headers: { origin: served } };

/** Files of all bundles of a build: the page's and its workers', which are done before it. */
const modules = new Set<string>();

function licenses(ofPage: boolean): Plugin {
  return {
    name: 'licenses',
    generateBundle(_, bundle) {
      for (const part of Object.values(bundle)) {
        if (part.type === 'chunk') for (const id of part.moduleIds) modules.add(id);
      }
      if (!ofPage) return;
      const source = licensesText(packagesOf([...modules]));
      this.emitFile({ type: 'asset', fileName: 'licenses.txt', source });
    },
  };
}

export default defineConfig({
  base: './',
  // Sources of the sibling packages, with no build of theirs in between.
  resolve: { conditions: ['@btfq/source', ...defaultClientConditions] },
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    target: 'es2023',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
  plugins: [licenses(true)],
  worker: { format: 'es', plugins: () => [licenses(false)] },
  // `pnpm dev` shows sources against a server that `btfq serve` started.
  // It answers its own pages alone, so the questions are passed on as if they came from one.
  server: { proxy: { '/graphql': toServer, '/bundles': toServer, '/btf': toServer } },
});
