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

/** The symbol that an address lies in. */
interface Place {
  /** The first symbol of several that begin there. */
  readonly index: number;
  readonly start: bigint;
  /** Where the next one begins. */
  readonly end: bigint;
}

/** undefined where the kernel has nothing: below its first symbol and behind its last one, which is its end. */
function placeOf(session: Session, address: bigint): Place | undefined {
  const { symbols } = session.machine;
  const start = symbols.startOf(address);
  const index = start === undefined ? undefined : symbols.indexesAt(start)[0];
  const end = start === undefined ? undefined : symbols.endOf(start);
  return start === undefined || index === undefined || end === undefined ? undefined : { index, start, end };
}

/** Likewise, with its name written, and a NUL. */
function writeName(session: Session, address: bigint, to: bigint): Place | undefined {
  const { emulator, symbols } = session.machine;
  const place = placeOf(session, address);
  if (place !== undefined) emulator.write(to, new TextEncoder().encode(`${symbols.name(place.index)}\0`));
  return place;
}

/** Writes to where an argument points, unless that is NULL. */
function giveBack(session: Session, argument: number, value: bigint): void {
  const { emulator } = session.machine;
  const to = emulator.argument(argument);
  if (to !== 0n) emulator.writeNumber(to, 8, value);
}

/** kallsyms_lookup_size_offset(address, &size, &offset): 1, or 0 where there is no symbol. */
export function symbolPlace(session: Session): bigint {
  const address = session.machine.emulator.argument(0);
  const found = placeOf(session, address);
  if (found === undefined) return 0n;
  giveBack(session, 1, found.end - found.start);
  giveBack(session, 2, address - found.start);
  return 1n;
}

/** kallsyms_lookup(address, &size, &offset, &module, name): `name`, or 0. */
export function symbolOf(session: Session): bigint {
  const { emulator } = session.machine;
  const [address, name] = [emulator.argument(0), emulator.argument(4)];
  const found = writeName(session, address, name);
  if (found === undefined) return 0n;
  giveBack(session, 1, found.end - found.start);
  giveBack(session, 2, address - found.start);
  giveBack(session, 3, 0n);
  return name;
}

const ERANGE = -34n;

/** lookup_symbol_name(address, name): 0, or a negative error number. */
export function symbolName(session: Session): bigint {
  const { emulator } = session.machine;
  return writeName(session, emulator.argument(0), emulator.argument(1)) === undefined ? ERANGE : 0n;
}
