// How the page is built: JSX for Preact, hashed files, relative addresses so that any folder of any host can hold it.
import { defineConfig } from 'vite';

export default defineConfig({
  base: './',
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    target: 'es2023',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
  worker: { format: 'es' },
  // `pnpm dev` shows sources against a server that `btfq serve` started.
  server: { proxy: { '/graphql': 'http://127.0.0.1:4000', '/bundles': 'http://127.0.0.1:4000' } },
});
