// The kernel's symbols, looked up in the table that was read from its image.
import type { Session } from '../session.ts';

/** Bytes of the longest name (KSYM_NAME_LEN). */
const NAME_LENGTH = 512;

/** kallsyms_lookup_name(name): the address of the first symbol of that name, or 0. There are no modules. */
export function symbolAddress(session: Session): bigint {
  const { emulator, symbols } = session.machine;
  const at = emulator.argument(0);
  let name = '';
  for (let offset = 0; offset < NAME_LENGTH; offset++) {
    const byte = emulator.read(at + BigInt(offset), 1)[0]!;
    if (byte === 0) return name === '' ? 0n : (symbols.address(name) ?? 0n);
    name += String.fromCharCode(byte);
  }
  return 0n;
}

/** The symbol that an address lies in, the first of several there, written with its NUL; undefined where there is none. */
function writeName(session: Session, address: bigint, to: bigint): { start: bigint; end: bigint } | undefined {
  const { emulator, symbols } = session.machine;
  const start = symbols.startOf(address);
  const index = start === undefined ? undefined : symbols.indexesAt(start)[0];
  if (start === undefined || index === undefined) return undefined;
  emulator.write(to, new TextEncoder().encode(`${symbols.name(index)}\0`));
  return { start, end: symbols.endOf(start) ?? start };
}

/** kallsyms_lookup(address, &size, &offset, &module, name): `name`, or 0. */
export function symbolOf(session: Session): bigint {
  const { emulator } = session.machine;
  const [address, size, offset, module, name] = [0, 1, 2, 3, 4].map((n) => emulator.argument(n));
  const found = writeName(session, address!, name!);
  if (found === undefined) return 0n;
  if (size !== 0n) emulator.writeNumber(size!, 8, found.end - found.start);
  if (offset !== 0n) emulator.writeNumber(offset!, 8, address! - found.start);
  if (module !== 0n) emulator.writeNumber(module!, 8, 0n);
  return name!;
}

const ERANGE = -34n;

/** lookup_symbol_name(address, name): 0, or a negative error number. */
export function symbolName(session: Session): bigint {
  const { emulator } = session.machine;
  return writeName(session, emulator.argument(0), emulator.argument(1)) === undefined ? ERANGE : 0n;
}
