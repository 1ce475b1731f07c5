// What is looked for in a text that somebody typed.

/** The name in a text as people write it: `struct sk_buff *`, `skb->len`, `vfs_read()`, `where did task_struct.state go?` */
export function wantedOf(text: string): string {
  const plain = text
    .trim()
    .replace(/->|::/g, '.')
    .replace(/^(struct|union|enum)\s+/, '')
    .replace(/[\s*;?!()&]+$/, '')
    .replace(/\s+/g, ' ');
  const words = plain.split(' ');
  if (words.length < 3) return plain;
  return words.find((word) => /^[a-z_]\w*\.\w/i.test(word)) ?? words.find((word) => /\w_\w/.test(word)) ?? plain;
}
