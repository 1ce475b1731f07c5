// Names for C: BTF holds names that are none in C (Rust's paths, symbols with dots), that are keywords in one edition and
// not in another, and the same name for several things that share a name space.

/** Keywords of C11 to C23, with the GNU spellings that compilers reserve in their default mode. */
const KEYWORDS = new Set(
  (
    'alignas alignof asm auto bool break case char const constexpr continue default do double else enum extern false float ' +
    'for goto if inline int long nullptr register restrict return short signed sizeof static static_assert struct switch ' +
    'thread_local true typedef typeof typeof_unqual union unsigned void volatile while _Alignas _Alignof _Atomic _BitInt _Bool ' +
    '_Complex _Decimal128 _Decimal32 _Decimal64 _Generic _Imaginary _Noreturn _Static_assert _Thread_local __int128 __asm ' +
    '__asm__ __attribute __attribute__ __inline __inline__ __const __const__ __volatile __volatile__ __signed __signed__ ' +
    '__restrict __restrict__ __typeof __typeof__ __extension__ __alignof __alignof__ __thread __auto_type __real __imag'
  ).split(' '),
);

/** Names that gcc and clang define as macros in their default (GNU) mode on Linux. The header takes them back. */
export const GNU_MACROS = ['linux', 'unix', 'i386'] as const;

/**
 * A C identifier that stays as near to the name as it can: other characters become `_`, a keyword gets one behind it. So
 * do the compiler's `__builtin_` names: its `__builtin_va_list` need not be the kernel's.
 */
export function mangle(name: string): string {
  const word = name.replace(/[^A-Za-z0-9_]/g, '_');
  if (/^\d/.test(word)) return `_${word}`;
  return KEYWORDS.has(word) || word.startsWith('__builtin_') ? `${word}_` : word;
}

/** One name space: the first to ask for a name gets it, later ones get it with `___2`, `___3` behind it. */
export class NameSpace {
  readonly #taken = new Set<string>();
  readonly #counts = new Map<string, number>();

  /** A free name near this one. Reserves it. */
  take(name: string): string {
    const wanted = mangle(name);
    if (!this.#taken.has(wanted)) {
      this.#taken.add(wanted);
      return wanted;
    }
    let count = this.#counts.get(wanted) ?? 1;
    let free: string;
    do free = `${wanted}___${++count}`;
    while (this.#taken.has(free));
    this.#counts.set(wanted, count);
    this.#taken.add(free);
    return free;
  }

  /** Reserves a name as it is. False where somebody has it. */
  reserve(name: string): boolean {
    if (this.#taken.has(name)) return false;
    this.#taken.add(name);
    return true;
  }
}
