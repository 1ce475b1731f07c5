// Alternatives written into a SPEC, its comments and order kept.
import type { EntryKind } from '@btfq/offsets';

/** Paths to append to an entry's alternatives. */
export interface NewAlternatives {
  readonly entry: string;
  readonly kind: EntryKind;
  readonly paths: readonly string[];
}

/** The text of a SPEC with more alternatives; JSON stays JSON. */
export async function withAlternatives(text: string, changes: readonly NewAlternatives[]): Promise<string> {
  const { isMap, isScalar, isSeq, parseDocument } = await import('yaml');
  const document = parseDocument(text);
  for (const { entry, kind, paths } of changes) {
    const node = document.getIn(['entries', entry], true);
    const place = isMap(node) ? ['entries', entry, kind] : ['entries', entry];
    const asked = document.getIn(place, true);
    if (isSeq(asked)) for (const path of paths) asked.add(document.createNode(path));
    else {
      const list = document.createNode([isScalar(asked) ? asked.value : asked, ...paths], { flow: true });
      if (isScalar(asked) && asked.comment) list.comment = asked.comment;
      document.setIn(place, list);
    }
  }
  if (/^\s*\{/.test(text)) return `${JSON.stringify(document.toJS(), null, 2)}\n`;
  return document.toString({ lineWidth: 0, flowCollectionPadding: false });
}
