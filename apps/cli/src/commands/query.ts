// btfq query: one GraphQL operation over an index, without a server.

import { execute } from '@btfq/graphql';
import { defineCommand } from '../command.ts';
import { UsageError } from '../errors.ts';
import { ExitCode } from '../exit-codes.ts';
import { dbFlag, offlineFlag } from '../shared-flags.ts';
import { openReading } from '../with-index.ts';

export const command = defineCommand({
  args: 'QUERY',
  about: `
Runs a GraphQL operation on the index and prints the result as JSON. QUERY is the text of the operation, @FILE to read it
from a file, or - to read it from standard input. Fields that need an uploaded object (object, minimalBtf) are available
from a server only; \`btfq relocs\` and \`btfq bundle\` answer the same questions here.`,
  flags: {
    db: dbFlag,
    offline: offlineFlag,
    variables: { value: 'JSON', help: 'the variables of the operation, or @FILE' },
    operation: { value: 'NAME', help: 'the operation to run if the text has several' },
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
    const index = await openReading(flags, io);
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
