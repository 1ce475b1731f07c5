// The SPEC, and the table that it gives in a language.
import { Code } from '../parts/code.tsx';
import { Download } from '../parts/copy.tsx';
import { byteSize } from '../parts/words.ts';

const LANGUAGES: readonly (readonly [word: string, title: string, suffix: string])[] = [
  ['c', 'C', 'h'],
  ['go', 'Go', 'go'],
  ['rust', 'Rust', 'rs'],
  ['ts', 'TypeScript', 'ts'],
  ['python', 'Python', 'py'],
  ['zig', 'Zig', 'zig'],
  ['json', 'JSON', 'json'],
  ['csv', 'CSV', 'csv'],
];
/** So much of a table is shown; the rest comes with the file. */
const SHOWN = 20_000;

export function OffsetsCode(props: {
  readonly spec: string;
  readonly lang: string;
  readonly text: string | undefined;
  readonly stale: boolean;
  readonly onLanguage: (word: string) => void;
}) {
  const { spec, lang, text } = props;
  const [, title, suffix] = LANGUAGES.find(([word]) => word === lang) ?? LANGUAGES[0]!;
  const shown = text === undefined || text.length <= SHOWN ? text : `${text.slice(0, SHOWN)}\n…`;
  return (
    <>
      <Code title="offsets.yaml" text={spec} />
      <div class="filters">
        <label class="choose">
          <span>Language</span>
          <select value={lang} onChange={(event) => props.onLanguage(event.currentTarget.value)}>
            {LANGUAGES.map(([word, name]) => (
              <option key={word} value={word}>
                {name}
              </option>
            ))}
          </select>
        </label>
        <Download text={() => spec} name="offsets.yaml" type="text/yaml" label="Download the SPEC" />
        {text !== undefined && (
          <Download
            text={() => text}
            name={`offsets.${suffix}`}
            type="text/plain"
            label={`Download offsets.${suffix}, ${byteSize(text.length)}`}
          />
        )}
      </div>
      <div class={props.stale ? 'stale' : undefined} aria-busy={props.stale}>
        {shown !== undefined && <Code title={`The table in ${title}`} text={text ?? ''} children={shown} tall />}
      </div>
    </>
  );
}
