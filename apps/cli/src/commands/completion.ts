// btfq completion: scripts that teach a shell to complete command lines of btfq.
import { defineCommand } from '../command.ts';
import { complete } from '../complete.ts';
import { UsageError } from '../errors.ts';
import { ExitCode } from '../exit-codes.ts';
import { nearest } from '../nearest.ts';

const BASH = `# bash completion for btfq
_btfq() {
  local IFS=$'\\n' found current=\${COMP_WORDS[COMP_CWORD]}
  found=$(btfq completion words -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null) || return
  COMPREPLY=()
  if [[ $found == *:files* ]]; then
    compopt -o filenames 2>/dev/null
    COMPREPLY=($(compgen -f -- "$current"))
    found=\${found//:files/}
  fi
  COMPREPLY+=($found)
}
complete -F _btfq btfq
`;

const ZSH = `#compdef btfq
_btfq() {
  local -a found
  found=("\${(@f)$(btfq completion words -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  if (( \${found[(I):files]} )); then
    found=("\${(@)found:#:files}")
    _files
  fi
  found=("\${(@)found:#}")
  (( \${#found} )) && compadd -a found
}
compdef _btfq btfq
`;

const FISH = `# fish completion for btfq
function __btfq_words
    set -l words (commandline -opc)
    btfq completion words -- $words[2..-1] (commandline -ct) 2>/dev/null
end
function __btfq_wants_files
    __btfq_words | string match -q ':files'
end
complete -c btfq -f -a '(__btfq_words | string match -v ":files")'
complete -c btfq -n __btfq_wants_files -F
`;

const SCRIPTS: Readonly<Record<string, string>> = { bash: BASH, zsh: ZSH, fish: FISH };

export const command = defineCommand({
  args: 'SHELL [WORD...]',
  about: `
Prints a script that makes bash, zsh or fish complete commands, flags and files, and names of structs, fields and kernels
from the index ($BTFQ_DB, else btfq.db). The script calls \`btfq completion words -- WORD...\`, which prints one candidate
per line, and \`:files\` where a file name fits.`,
  flags: {},
  examples: [
    { line: 'source <(btfq completion bash)', shows: 'in the current bash' },
    { line: 'btfq completion zsh > "${fpath[1]}/_btfq"', shows: 'install for zsh' },
    { line: 'btfq completion fish > ~/.config/fish/completions/btfq.fish', shows: 'install for fish' },
  ],
  async run(flags, io, commands) {
    const [shell, ...words] = flags.args;
    if (shell === 'words') {
      const found = await complete(words, io, commands);
      if (flags.json) io.json(found);
      else for (const word of [...found.words, ...(found.files ? [':files'] : [])]) io.print(word);
      return ExitCode.answered;
    }
    const script = SCRIPTS[shell!];
    if (script === undefined) {
      const near = nearest(shell!, Object.keys(SCRIPTS))[0];
      throw new UsageError(
        `no completion for ${shell}: there are bash, zsh and fish`,
        near && `Did you mean \`btfq completion ${near}\`?`,
      );
    }
    io.write(script);
    return ExitCode.answered;
  },
});
