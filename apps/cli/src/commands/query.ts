// btfq query: one GraphQL operation over an index, without a server.

import { openIndex } from '@btfq/btf-index';
import { execute } from '@btfq/graphql';
import { defineCommand } from '../command.ts';
import { UsageError } from '../errors.ts';
import { ExitCode } from '../exit-codes.ts';
import { dbFlag, indexPath } from '../shared-flags.ts';

export const command = defineCommand({
  args: 'QUERY',
  about:
    'Answers a GraphQL operation from the index and prints the answer as JSON. QUERY is its text, @FILE to read it from a file, or - for stdin. Questions about uploaded objects (object, minimalBtf) need a server: see serve, and relocs and bundle for the same from here.',
  flags: {
    db: dbFlag,
    variables: { value: 'JSON', help: 'values of the operation’s variables, or @FILE' },
    operation: { value: 'NAME', help: 'which operation, where the text has several' },
  },
  examples: [
    {
      line: `btfq query '{ struct(name:"task_struct") { field(name:"pid") { kernels { offset } } } }'`,
      shows: 'the offset of a field in every kernel',
    },
    {
      line: `btfq query 'query ($s: String!) { struct(name: $s) { layouts { size kernels { release } } } }' --variables '{"s":"sock"}'`,
      shows: 'the distinct layouts of a struct',
    },
  ],
  async run(flags, io) {
    const text = (word: string) => {
      if (word !== '-' && !word.startsWith('@')) return word;
      return new TextDecoder().decode(io.readFile(word === '-' ? '-' : word.slice(1)));
    };
    const [word] = flags.args as [string];
    let variables: Record<string, unknown> = {};
    if (flags.variables !== undefined) {
      try {
        variables = JSON.parse(text(flags.variables)) as Record<string, unknown>;
      } catch (error) {
        if (!(error instanceof SyntaxError)) throw error;
        throw new UsageError(`--variables is not JSON: ${error.message}`, `write --variables '{"name":"value"}'`);
      }
    }
    const index = openIndex(io.path(indexPath(flags, io)), { readonly: true });
    try {
      const answer = await execute(index, { query: text(word), variables, operationName: flags.operation });
      io.json(answer);
      if (answer.errors === undefined) return ExitCode.answered;
      // without data the operation was never run: it does not parse, or asks for what the schema lacks
      return answer.data === undefined ? ExitCode.usage : ExitCode.no;
    } finally {
      index.close();
    }
  },
});
