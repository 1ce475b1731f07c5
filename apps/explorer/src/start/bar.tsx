// The bar on top of every view.
import {
  bundleLink,
  diffLink,
  featuresLink,
  kernelsLink,
  objectLink,
  offsetsLink,
  startLink,
} from '../address/links.ts';
import { useHashPath } from '../address/address.ts';
import { SearchBox } from './search-box.tsx';

export function Bar() {
  const [path] = useHashPath();
  const links = [
    ['Kernels', kernelsLink(), /^\/kernels?\b/],
    ['Compare', diffLink(), /^\/(diff|compare)\b/],
    ['Features', featuresLink(), /^\/(features?|helper|kfunc|tracepoint|syscall|config)\b/],
    ['Your object', objectLink(), /^\/object\b/],
    ['Offsets', offsetsLink(), /^\/offsets\b/],
    ['Bundle check', bundleLink(), /^\/bundle\b/],
  ] as const;
  return (
    <header class="top">
      <a class="brand" href={startLink()} aria-label="btfq, to the start">
        <svg viewBox="0 0 16 16" aria-hidden="true">
          <path d="M1 2h9v3H1z" class="c1" />
          <path d="M11 2h4v3h-4zM1 6.5h4v3H1z" class="c2" />
          <path d="M6 6.5h9v3H6z" class="c1" />
          <path d="M1 11h14v3H1z" class="c3" />
        </svg>
        btfq
      </a>
      {path !== '/' && <SearchBox />}
      <nav aria-label="Views">
        {links.map(([title, href, here]) => (
          <a key={title} href={href} aria-current={here.test(path) ? 'page' : undefined}>
            {title}
          </a>
        ))}
      </nav>
    </header>
  );
}
