// An address that names no view.
import { startLink } from '../address/links.ts';
import { Page } from '../parts/page.tsx';

export function WrongAddress({ path }: { readonly path: string }) {
  return (
    <Page title="No such view" plain>
      <p>
        The address <code>#{path}</code> names no view of this page. It may have been cut short when it was copied.
      </p>
      <p>
        <a href={startLink()}>Begin at the start</a>, or press <kbd>/</kbd> and say what you look for.
      </p>
    </Page>
  );
}
