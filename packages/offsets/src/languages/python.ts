// A table for Python 3.8 and later: one module, standard library only.

import { DIGITS } from '../table/digits.ts';
import type { PackedTable } from '../table/pack.ts';
import { FIELD_HEAD } from '../table/slots.ts';
import { commentText, type GenerateOptions, textLines, entryNames } from './names.ts';

const KEYWORDS = new Set(
  'and as assert async await break class continue def del elif else except False finally for from global if import in is lambda None nonlocal not or pass raise return True try while with yield match case type'.split(
    ' ',
  ),
);

export function generatePython(packed: PackedTable, options: GenerateOptions): string {
  const field = (name: string) => (KEYWORDS.has(name) ? `${name}_` : name);
  const head = (options.madeFrom ?? []).map((line) => `# ${commentText(line)}\n`).join('');
  const list = (name: string, texts: readonly string[]) =>
    `# table:${name}\n_${name.toUpperCase()} = (\n${textLines(
      texts,
      '    ',
      entryNames(name, packed.plan, (name) => `# ${name}`),
    )})\n# table:end\n\n`;
  const members = packed.plan.map(({ entry, shape }) => {
    const about = `${entry.kind} ${entry.alternatives.map(({ text }) => text).join(', else ')}${entry.description ? `: ${entry.description}` : ''}`;
    return `    #: ${commentText(about)}\n    ${field(entry.name)}: ${shape === 'field' ? 'Field' : shape === 'number' ? 'Number' : 'Function'}\n`;
  });
  const fill = packed.plan.map(({ shape, first }) => `        _${shape}(slots, ${first}),\n`);
  const builds = packed.builds.length > 0;
  const names = packed.plan.map(({ entry }) => `    "${entry.name}",\n`);
  return `#!/usr/bin/env python3
# Made by btfq offsets: do not edit.
${head}"""Where fields of kernel types are, kernel by kernel.

find_running() answers for the running kernel. Run as a program, it prints the whole table; with an argument it tests it.
"""

import os
import sys
from typing import Callable, Iterator, NamedTuple, Optional, Tuple


class Field(NamedTuple):
    """Where a field is. alternative 0: the kernel lacks it; else which of the paths it is, from 1."""

    alternative: int
    #: bytes; each but the last is of a pointer to read
    offsets: Tuple[int, ...]
    size: int
    #: of a bitfield, from the byte at the last offset, as the compiler counts on that kernel
    bit_offset: int
    #: of a bitfield, else 0
    bit_size: int

    def address(self, base: int, read_pointer: Callable[[int], int]) -> int:
        """The address of the field of the object at base. Reads each pointer on the way."""
        if self.alternative == 0:
            raise LookupError("the kernel lacks this field")
        for offset in self.offsets[:-1]:
            base = read_pointer(base + offset)
        return base + self.offsets[-1]

    def __str__(self) -> str:
        if self.alternative == 0:
            return "-"
        offsets = ",".join(map(str, self.offsets))
        return f"{self.alternative}:{offsets}:{self.size}:{self.bit_offset}:{self.bit_size}"


class Number(NamedTuple):
    """A size, a value, a position, or 1 and 0 for what exists and what does not. alternative as in Field."""

    alternative: int
    value: int

    def __str__(self) -> str:
        return f"{self.alternative}:{self.value}" if self.alternative else "-"


class Function(NamedTuple):
    """A function's signature. alternative as in Field."""

    alternative: int
    parameters: int
    signature: str

    def __str__(self) -> str:
        return f"{self.alternative}:{self.parameters}:{self.signature}" if self.alternative else "-"


class Offsets(NamedTuple):
    """The answers for one kernel."""

${members.join('')}

class Kernel(NamedTuple):
    """A kernel of the table."""

    distro: str
    version: str
    arch: str
    release: str
    row: int

    def __str__(self) -> str:
        return f"{self.distro}/{self.version}/{self.arch}/{self.release}"

    def offsets(self) -> Offsets:
        return _offsets(self.row)


${list('defaults', packed.defaults)}${list('variants', packed.variants)}${list('rows', packed.rows)}${list('kernels', packed.kernels)}${list('signatures', packed.signatures)}${builds ? list('builds', packed.builds) : ''}_NAMES = (
${names.join('')})
_DIGITS = "${DIGITS}"


def _number_at(text: str, at: int, width: int) -> int:
    value = 0
    for digit in text[at : at + width]:
        value = value * 64 + _DIGITS.index(digit)
    return value


def _width(count: int) -> int:
    return 1 if count <= 64 else 2 if count <= 4096 else 3


def _field(slots, first: int) -> Field:
    alternative, size, bit_offset, bit_size, depth = slots[first : first + ${FIELD_HEAD}]
    return Field(alternative, tuple(slots[first + ${FIELD_HEAD} : first + ${FIELD_HEAD} + depth]), size, bit_offset, bit_size)


def _number(slots, first: int) -> Number:
    return Number(slots[first], slots[first + 1])


def _function(slots, first: int) -> Function:
    if slots[first] == 0:
        return Function(0, 0, "")
    return Function(slots[first], slots[first + 1], _SIGNATURES[slots[first + 2]])


def _offsets(row: int) -> Offsets:
    slots = [int(word) for text in _DEFAULTS for word in text.split()]
    at = 0
    groups = []
    for text in _VARIANTS:
        if text.startswith("@"):
            groups.append(([int(word) for word in text[1:].split()], []))
        else:
            groups[-1][1].append(text)
    for group, variants in groups:
        width = _width(len(variants))
        for slot, word in zip(group, variants[_number_at(_ROWS[row], at, width)].split()):
            slots[slot] = int(word)
        at += width
    return Offsets(
${fill.join('')}    )


def kernels() -> Iterator[Kernel]:
    """All kernels of the table."""
    width = _width(len(_ROWS))
    for line in _KERNELS:
        distro, version, arch, tail, head, first, members = line.split(" ")
        row = _number_at(first, 0, width)
        at = 0
        while True:
            yield Kernel(distro, version, arch, head + tail, row)
            if at >= len(members):
                break
            step = _number_at(members, at, 1)
            at += 1
            head = head[: len(head) - (step >> 3 & 3)] + members[at : at + (step & 7)]
            at += step & 7
            if step & 32:
                row = _number_at(members, at, width)
                at += width


def _search(arch: str, release: str, distro: Optional[str], version: Optional[str]) -> Optional[Offsets]:
    arch = "arm64" if arch == "aarch64" else arch  # as the table writes it
    rows = {
        kernel.row
        for kernel in kernels()
        if kernel.release == release
        and kernel.arch == arch
        and (distro is None or (kernel.distro, kernel.version) == (distro, version))
    }
    if len(rows) > 1:
        raise LookupError(f"several kernels have the release {release}, and they differ")
    return _offsets(rows.pop()) if rows else None


def find(distro: str, version: str, arch: str, release: str) -> Optional[Offsets]:
    """By ID and VERSION_ID of os-release and machine and release of uname; None where the table does not have it."""
    return _search(arch, release, distro, version)


def find_release(arch: str, release: str) -> Optional[Offsets]:
    """By machine and release alone. Raises LookupError where several kernels have it and differ."""
    return _search(arch, release, None, None)


${
  builds
    ? `def find_build_id(build_id: str) -> Optional[Offsets]:
    """By the build id in hexadecimal; None where the table does not have it."""
    row = dict(line.split(" ") for line in _BUILDS).get(build_id)
    return _offsets(_number_at(row, 0, _width(len(_ROWS)))) if row else None


def build_id_of(notes: bytes) -> str:
    """The build id among notes, as /sys/kernel/notes has them, in hexadecimal; "" where there is none."""
    at = 0
    while at + 12 <= len(notes):
        name_size, size, kind = (int.from_bytes(notes[at + i : at + i + 4], sys.byteorder) for i in (0, 4, 8))
        name, start = notes[at + 12 : at + 12 + name_size], at + 12 + (name_size + 3) // 4 * 4
        if kind == 3 and name == b"GNU\\0" and start + size <= len(notes):
            return notes[start : start + size].hex()
        at = start + (size + 3) // 4 * 4
    return ""


`
    : ''
}def find_running() -> Optional[Offsets]:
    """The running kernel: by ${builds ? 'its build id, else by ' : ''}uname and os-release, else by uname alone."""
${
  builds
    ? `    try:
        with open("/sys/kernel/notes", "rb") as file:
            found = find_build_id(build_id_of(file.read()))
    except OSError:
        found = None
    if found:
        return found
`
    : ''
}    names = os.uname()
    words = {}
    for path in ("/usr/lib/os-release", "/etc/os-release"):
        try:
            with open(path, encoding="utf-8") as file:
                words = dict(line.strip().split("=", 1) for line in file if "=" in line)
        except OSError:
            continue
    distro, version = (words.get(key, "").strip("\\"'") for key in ("ID", "VERSION_ID"))
    return find(distro, version, names.machine, names.release) or find_release(names.machine, names.release)


def self_test() -> bool:
    """Unpacks the whole table and compares it with what it was made from."""
    value = 0x811C9DC5
    lines = [f"{kernel}\\t{kernel.row}" for kernel in kernels()]
${
  builds
    ? `    width = _width(len(_ROWS))
    lines += (f"{id}\\t{_number_at(row, 0, width)}" for id, row in (line.split(" ") for line in _BUILDS))
`
    : ''
}    for row in range(len(_ROWS)):
        lines += (f"{row}\\t{name}\\t{cell}" for name, cell in zip(_NAMES, _offsets(row)))
    for byte in "".join(line + "\\n" for line in lines).encode():
        value = (value ^ byte) * 0x01000193 & 0xFFFFFFFF
    return value == 0x${packed.checksum.toString(16).toUpperCase().padStart(8, '0')}


if __name__ == "__main__":
    if len(sys.argv) > 1:
        sys.exit(0 if self_test() else 1)
    for one in kernels():
        for entry, text in zip(_NAMES, one.offsets()):
            print(f"{one}\\t{entry}\\t{text}")
`;
}
