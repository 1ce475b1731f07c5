// What libbpf says of a program that passes the verifier, and that it nevertheless cannot load without its object's other programs.
import { errnoName } from '@btfq/loader';

/** In libbpf's words, as a part of a sentence. */
export function loadedAlone(errno: number, messages: readonly string[]): string {
  const words = messages.at(-1)?.trim();
  return `loaded alone, without the programs that its program arrays name, libbpf returns ${errnoName(-errno)}${words ? `: ${words}` : ''}`;
}
