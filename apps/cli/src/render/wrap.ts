// Paragraphs, broken to a width.

/** Breaks each paragraph of `text` to lines of at most `width`; indented lines stay as they are. */
export function wrap(text: string, width: number): string {
  return text
    .trim()
    .split(/\n\s*\n/)
    .map((paragraph) => (/^ /m.test(paragraph) ? paragraph : wrapParagraph(paragraph, width)))
    .join('\n\n');
}

function wrapParagraph(paragraph: string, width: number): string {
  const lines: string[] = [];
  let line = '';
  for (const word of paragraph.split(/\s+/)) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line].join('\n');
}
