// Who answers this page.
import { httpSource } from './http.ts';

/** The one source of the page. */
export const source = httpSource(document.baseURI.replace(/#.*$/, ''));
