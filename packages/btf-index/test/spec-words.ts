// What damages SPECs of offsets in telling ways, for the seeded test and for fuzzing.

/** A SPEC in JSON, beside the examples in YAML. */
export const JSON_SPEC =
  '{"entries": {"a": {"offset": ["a.b", "a.c->d"], "optional": true}, "b": {"size": "struct a"}}, "types": ["a"]}';

/** Words of SPECs, and signs that mean something to YAML. */
export const SPEC_WORDS: readonly string[] = [
  ...['offset', 'size', 'container_of', 'value', 'types'],
  ...['[', ']', '{', '}', ':', '- ', '&a ', '*a', '<<: *a', '"', "'", '|', '#', '\t', '\n', '\0', '!!x ', '~'],
  ...['->', '..', '9e9', '💥'],
];
