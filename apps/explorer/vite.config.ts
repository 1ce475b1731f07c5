// How the page is built: JSX for Preact, hashed files, relative addresses so that any folder of any host can hold it.
import { defaultClientConditions, defineConfig } from 'vite';

const served = 'http://127.0.0.1:4000';
const toServer = { target: served, changeOrigin: true, headers: { origin: served } };

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
  worker: { format: 'es' },
  // `pnpm dev` shows sources against a server that `btfq serve` started.
  // It answers its own pages alone, so the questions are passed on as if they came from one.
  server: { proxy: { '/graphql': toServer, '/bundles': toServer, '/btf': toServer } },
});
