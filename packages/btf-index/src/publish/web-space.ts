// Settings for web servers: the database never changes, the pointer does, and nothing may be compressed in transit.

/**
 * What the page of a published index may do: its own scripts, styles, images, requests and workers, WebAssembly; no inline script or
 * style, no other host, not in a frame. `data:` is no request: a decompressor's WebAssembly comes so.
 */
export const PAGE_POLICY: string = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self' data:",
  "worker-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** The headers of every file of the page, wherever it lies. */
export const PAGE_HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy': PAGE_POLICY,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
};

const titled = (name: string): string => name.replace(/(^|-)[a-z]/g, (letter) => letter.toUpperCase());

/** Cloudflare Pages, Netlify and others read this file. */
export const HEADERS = `/*
${Object.entries(PAGE_HEADERS)
  .map(([name, value]) => `  ${titled(name)}: ${value}`)
  .join('\n')}
/assets/*
  Cache-Control: public, max-age=31536000, immutable
/*.db
  Cache-Control: public, max-age=31536000, immutable, no-transform
  Content-Type: application/vnd.sqlite3
  Access-Control-Allow-Origin: *
  Access-Control-Expose-Headers: Content-Range, Content-Length, ETag
/verifiers/*
  Cache-Control: public, max-age=31536000, immutable, no-transform
  Access-Control-Allow-Origin: *
/verifiers-*
  Cache-Control: public, max-age=31536000, immutable
  Access-Control-Allow-Origin: *
/index.json
  Cache-Control: public, max-age=60, must-revalidate
  Access-Control-Allow-Origin: *
`;

export const NOTES = `# A published index of btfq

\`index.json\` says which database is the present one; \`btfq-<hash>.db\` never changes. Readers ask for ranges of it. Put the
database there first and \`index.json\` last; keep databases of before for as long as someone may read them. What is in
\`verifiers\` and the lists \`verifiers-<hash>.json\`, where there are any, never change either.

    btfq field task_struct pid --db https://HOST/PATH/index.json

A web space must send ranges (status 206) of .db files as they are, without compression. Pages of other origins
need CORS headers as in \`_headers\`, which Cloudflare Pages and Netlify read by themselves. It also has the page's policy: the page
reaches nothing but its own host.

## nginx

    # in the server block, for the page; a location with headers of its own needs them again
    add_header Content-Security-Policy "${PAGE_POLICY}";
    location ~ \\.db$ {
      gzip off;
      types { } default_type application/vnd.sqlite3;
      add_header Cache-Control "public, max-age=31536000, immutable, no-transform";
      add_header Access-Control-Allow-Origin *;
      add_header Access-Control-Expose-Headers "Content-Range, Content-Length, ETag";
    }
    location = /index.json {
      add_header Cache-Control "public, max-age=60, must-revalidate";
      add_header Access-Control-Allow-Origin *;
    }

## S3 and what speaks its protocol

    aws s3 cp OUT s3://BUCKET/PATH --recursive --exclude '*' --include '*.db' \\
      --cache-control 'public, max-age=31536000, immutable, no-transform' --content-type application/vnd.sqlite3
    aws s3 cp OUT/index.json s3://BUCKET/PATH/index.json --cache-control 'public, max-age=60, must-revalidate'

For pages of other origins allow GET and HEAD in the bucket's CORS rules, the header \`Range\`, and expose \`Content-Range\`,
\`Content-Length\` and \`ETag\`.

## GitHub Pages

Commit the folder or upload it as an artifact of actions/upload-pages-artifact. Pages sends ranges and CORS headers. A file may
have 100 MB in a repository, a site 1 GB. Its caches keep \`index.json\` for ten minutes: keep the database of before as well.
`;
