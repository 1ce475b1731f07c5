// A type as C writes it, with a link to the declaration that it names.
import { typeLink } from '../address/links.ts';

export function TypeText({ type }: { readonly type: string }) {
  const link = typeLink(type);
  return link === undefined ? (
    <code>{type}</code>
  ) : (
    <a class="type" href={link}>
      {type}
    </a>
  );
}
