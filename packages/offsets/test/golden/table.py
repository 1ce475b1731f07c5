#!/usr/bin/env python3
# Made by btfq offsets: do not edit.
"""Where fields of kernel types are, kernel by kernel.

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

    #: offset task_struct.f0
    f0: Field
    #: offset task_struct.f1
    f1: Field
    #: offset task_struct.f2
    f2: Field
    #: offset task_struct.f3
    f3: Field
    #: offset task_struct.f4
    f4: Field
    #: offset task_struct.f5
    f5: Field
    #: offset task_struct.f6
    f6: Field
    #: offset task_struct.f7
    f7: Field
    #: offset cred.f8
    f8: Field
    #: offset cred.f9
    f9: Field
    #: offset cred.f10
    f10: Field
    #: offset cred.f11
    f11: Field
    #: value values.BIG
    big: Number


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


# table:defaults
_DEFAULTS = (
    # f0
    "1 8 0 0 1 0",
    # f1
    "1 8 0 0 1 16",
    # f2
    "1 8 0 0 1 32",
    # f3
    "1 8 0 0 1 48",
    # f4
    "1 8 0 0 1 256",
    # f5
    "1 8 0 0 1 272",
    # f6
    "1 8 0 0 1 288",
    # f7
    "1 8 0 0 1 304",
    # f8
    "1 8 0 0 1 0",
    # f9
    "1 8 0 0 1 336",
    # f10
    "1 8 0 0 1 352",
    # f11
    "1 8 0 0 1 368",
    # big
    "1 -9223372036854775808",
)
# table:end

# table:variants
_VARIANTS = (
    "@ 2 8 12 13 14 16 17 18 19 20 22 23 24 25 26 28 29 32 35 36 37 38 40 41 42 43 44 46 47",
    "0 0 1 8 0 1 32 1 8 0 1 48 1 8 0 1 64 0 80 1 8 0 1 96 1 8 0 1 112",
    "7 0 1 8 0 1 32 1 8 0 1 48 1 8 1 1 72 0 88 0 0 0 0 0 1 8 0 1 120",
    "0 0 1 8 5 1 32 1 8 0 1 48 1 8 0 1 72 0 88 1 8 0 1 104 1 8 0 1 120",
    "0 0 1 8 0 1 32 1 8 0 1 48 1 8 0 1 80 0 96 0 0 0 0 0 0 0 0 0 0",
    "0 0 1 8 0 1 32 1 8 0 1 48 1 8 0 1 96 0 112 1 8 0 1 128 1 8 0 1 144",
    "0 0 1 8 0 1 32 0 0 0 0 0 1 8 0 1 104 0 120 1 8 0 1 136 1 8 0 1 152",
    "0 2 1 8 0 1 32 1 8 0 1 48 1 8 0 1 112 0 128 1 8 0 1 144 1 8 0 1 160",
    "0 0 1 8 0 1 32 1 8 0 1 48 1 8 0 1 120 0 136 1 8 0 1 152 1 8 0 1 168",
    "0 0 1 8 0 1 32 1 8 0 1 48 1 8 0 1 112 0 128 1 8 0 1 144 1 8 0 1 160",
    "0 0 1 8 0 1 32 1 8 0 1 48 1 8 0 1 104 1 120 1 8 0 1 136 1 8 0 1 152",
    "0 3 1 8 0 1 32 1 8 0 1 48 1 8 0 1 120 1 136 1 8 0 1 152 1 8 0 1 168",
    "0 0 1 8 0 1 32 0 0 0 0 0 0 0 0 0 0 0 152 1 8 0 1 168 1 8 0 1 184",
    "0 0 1 8 0 1 32 1 8 0 1 48 1 8 0 1 136 0 152 1 8 0 1 168 1 8 0 1 184",
    "0 0 1 8 0 1 32 1 8 0 1 48 1 8 0 1 144 0 160 1 8 0 1 176 1 8 0 1 192",
    "5 0 0 0 0 0 0 1 8 0 1 48 1 8 0 1 152 0 168 1 8 0 1 184 1 8 5 1 200",
    "0 0 1 8 0 1 32 1 8 0 1 48 1 8 0 1 168 0 184 1 8 0 1 200 1 8 5 1 216",
    "1 0 0 0 0 0 0 1 8 7 1 48 1 8 0 1 176 0 192 1 8 0 1 208 1 8 0 1 224",
    "0 0 1 8 0 1 32 1 8 0 1 48 1 8 1 1 192 0 208 1 8 0 1 224 1 8 0 1 240",
    "0 0 1 8 0 1 32 1 8 0 1 48 1 8 0 1 184 0 200 1 8 0 1 216 1 8 0 1 232",
    "0 0 1 8 0 1 32 1 8 0 1 48 1 8 0 1 192 0 208 1 8 0 1 224 1 8 0 1 240",
    "0 0 1 8 6 1 32 1 8 0 1 48 1 8 0 1 208 0 224 1 8 0 1 240 1 8 0 1 256",
    "0 0 1 8 0 1 32 1 8 0 1 48 1 8 0 1 208 0 224 1 8 0 1 240 1 8 0 1 256",
    "3 0 1 8 0 1 32 1 8 0 1 48 1 8 0 1 216 0 232 1 8 2 1 248 1 8 0 1 264",
    "0 0 1 8 0 1 32 1 8 0 1 48 1 8 0 1 216 0 232 1 8 0 1 248 1 8 0 1 264",
    "0 0 1 8 0 1 32 1 8 0 1 48 1 8 0 1 224 0 240 1 8 0 1 256 1 8 0 1 272",
    "1 0 1 8 0 1 32 1 8 0 1 48 1 8 0 1 224 0 240 1 8 0 1 256 0 0 0 0 0",
    "0 0 1 8 0 1 32 1 8 0 1 48 1 8 6 1 216 0 232 1 8 0 1 248 1 8 4 1 264",
    "0 0 1 8 0 1 32 1 8 0 1 48 1 8 1 1 232 0 248 1 8 0 1 264 1 8 0 1 280",
    "0 0 1 8 0 1 32 1 8 0 1 48 1 8 0 1 240 0 256 1 8 0 1 272 1 8 0 1 288",
    "0 0 1 8 0 1 32 0 0 0 0 0 1 8 0 1 232 0 248 1 8 0 1 264 1 8 0 1 280",
    "0 0 1 8 0 1 32 1 8 0 1 48 1 8 0 1 256 0 272 1 8 0 1 288 1 8 0 1 304",
    "0 0 0 0 0 0 0 1 8 0 1 48 1 8 0 1 256 0 272 1 8 0 1 288 1 8 0 1 304",
    "0 0 1 8 0 1 32 1 8 0 1 48 1 8 0 1 264 0 280 1 8 0 1 296 1 8 0 1 312",
    "0 0 1 8 0 1 32 1 8 0 1 48 1 8 0 1 256 0 272 1 8 3 1 288 1 8 0 1 304",
    "0 0 1 8 0 1 32 1 8 4 1 48 1 8 0 1 264 0 280 1 8 0 1 296 1 8 0 1 312",
    "0 0 1 8 0 1 32 0 0 0 0 0 1 8 0 1 256 0 272 1 8 0 1 288 1 8 0 1 304",
    "@ 48 49 50 52 53 54 55 56 58 59 62 65 66 67 68 70 71",
    "1 8 0 1 128 1 8 0 1 144 0 160 1 8 0 1 176",
    "1 8 0 1 136 1 8 0 1 152 0 168 1 8 0 1 184",
    "1 8 0 1 136 1 8 0 1 152 0 168 0 0 0 0 0",
    "1 8 0 1 144 1 8 4 1 160 0 176 1 8 0 1 192",
    "1 8 0 1 160 1 8 0 1 176 0 192 1 8 0 1 208",
    "1 8 0 1 168 1 8 0 1 184 0 200 1 8 0 1 216",
    "1 8 0 1 176 1 8 0 1 192 0 208 1 8 0 1 224",
    "1 8 0 1 184 1 8 0 1 200 0 216 1 8 0 1 232",
    "1 8 0 1 184 1 8 7 1 200 0 216 1 8 4 1 232",
    "1 8 4 1 200 1 8 0 1 216 0 232 1 8 7 1 248",
    "1 8 0 1 200 1 8 0 1 216 0 232 1 8 0 1 248",
    "1 8 0 1 208 1 8 0 1 224 0 240 1 8 0 1 256",
    "1 8 0 1 216 1 8 0 1 232 0 248 1 8 0 1 264",
    "1 8 0 1 232 1 8 0 1 248 0 264 1 8 0 1 280",
    "1 8 0 1 240 1 8 0 1 256 0 272 1 8 0 1 288",
    "0 0 0 0 0 0 0 0 0 0 0 288 1 8 3 1 304",
    "1 8 0 1 248 1 8 0 1 264 0 280 1 8 0 1 296",
    "1 8 0 1 256 1 8 0 1 272 0 288 1 8 0 1 304",
    "1 8 0 1 272 1 8 0 1 288 0 304 1 8 0 1 320",
    "1 8 0 1 272 1 8 0 1 288 1 304 1 8 0 1 320",
    "1 8 0 1 280 1 8 0 1 296 0 312 1 8 0 1 328",
    "1 8 0 1 288 1 8 0 1 304 0 320 1 8 0 1 336",
    "1 8 0 1 288 1 8 3 1 304 0 320 1 8 0 1 336",
    "1 8 0 1 288 1 8 0 1 304 0 320 0 0 0 0 0",
    "1 8 0 1 288 0 0 0 0 0 0 320 1 8 0 1 336",
    "0 0 0 0 0 1 8 0 1 312 0 328 1 8 0 1 344",
    "1 8 0 1 304 1 8 0 1 320 0 336 1 8 0 1 352",
    "1 8 1 1 296 1 8 0 1 312 0 328 1 8 0 1 344",
    "0 0 0 0 0 1 8 0 1 336 0 352 1 8 4 1 368",
    "1 8 0 1 320 1 8 0 1 336 0 352 1 8 0 1 368",
    "1 8 0 1 328 1 8 0 1 344 0 360 1 8 0 1 376",
    "1 8 0 1 328 1 8 7 1 344 0 360 1 8 0 1 376",
    "@ 73",
    "1",
    "0",
    "9223372036854775807",
    "4611686018427387904",
    "-1",
    "-9223372036854775808",
)
# table:end

# table:rows
_ROWS = (
    "000",
    "111",
    "222",
    "333",
    "442",
    "554",
    "663",
    "770",
    "863",
    "954",
    "A84",
    "B90",
    "CA4",
    "DB1",
    "EC2",
    "FD1",
    "GE0",
    "HF5",
    "IG1",
    "JH4",
    "KI3",
    "LJ0",
    "MK4",
    "NK5",
    "OL1",
    "PM3",
    "ON0",
    "QK2",
    "OO2",
    "RP5",
    "SQ2",
    "TR2",
    "SQ3",
    "US2",
    "UT5",
    "VT1",
    "WU2",
    "XT4",
    "YV1",
    "ZT5",
)
# table:end

# table:kernels
_KERNELS = (
    "linux 1 x86_64 -generic 5.8.118-01383.28 O ",
    "linux 1 x86_64 -generic 5.8.118-01384.28 T ",
    "linux 1 x86_64 -generic 5.8.118-1385.29 T ",
    "linux 1 x86_64 -generic 5.8.118-01386.29 T ",
    "linux 1 x86_64 -generic 5.8.119-1387.29 H ",
    "linux 1 x86_64 -generic 5.8.119-1388.30 H ",
    "linux 1 x86_64 -generic 5.8.120-1389.31 Y ",
    "linux 1 x86_64 -generic 5.8.121-01389.32 Y ",
    "linux 1 x86_64 -generic 5.8.121-1390.33 Y ",
    "linux 1 x86_64 -generic 5.8.122-1390.33 Y ",
    "linux 1 x86_64 -generic 5.8.123-1390.33 c ",
    "linux 1 x86_64 -generic 5.8.123-01391.33 c ",
    "linux 1 x86_64 -generic 5.8.124-1392.34 P ",
    "linux 1 x86_64 .fc40.x86_64 5.8.98-0996.8 P ",
    "linux 1 x86_64 .fc40.x86_64 5.8.99-0996.9 B ",
    "linux 1 x86_64 .fc40.x86_64 5.8.99-997.9 J ",
    "linux 1 x86_64 .fc40.x86_64 5.8.100-998.9 J ",
    "linux 1 x86_64 .fc40.x86_64 5.8.100-0998.9 J ",
    "linux 1 x86_64 .fc40.x86_64 5.8.101-998.10 M ",
    "linux 1 x86_64 .fc40.x86_64 5.8.102-998.10 M ",
    "linux 1 x86_64 .fc40.x86_64 5.8.103-0998.10 M ",
    "linux 1 x86_64 .fc40.x86_64 5.8.103-998.11 M ",
    "linux 1 x86_64 .fc40.x86_64 5.8.103-999.12 X ",
    "linux 1 x86_64 .fc40.x86_64 5.8.103-1525.12 X ",
    "linux 1 x86_64 .fc40.x86_64 5.8.104-01526.13 X ",
    "linux 1 x86_64 .fc40.x86_64 5.8.105-1526.13 X 94",
    "linux 1 x86_64 .fc40.x86_64 5.8.106-01526.15 X ",
    "linux 1 x86_64 .fc40.x86_64 5.8.106-1526.16 T ",
    "linux 1 x86_64 .fc40.x86_64 5.8.106-01527.16 T ",
    "linux 1 x86_64 .fc40.x86_64 5.8.106-1527.16 T ",
    "linux 1 x86_64 .fc40.x86_64 5.8.107-1528.16 T ",
    "linux 1 x86_64 .fc40.x86_64 5.8.107-01529.16 T ",
    "linux 1 x86_64 .fc40.x86_64 5.8.108-1530.17 T ",
    "linux 1 x86_64 .fc40.x86_64 5.8.109-1531.18 d ",
    "linux 1 x86_64 .fc40.x86_64 5.8.109-1428.19 d ",
)
# table:end

# table:signatures
_SIGNATURES = (
)
# table:end

_NAMES = (
    "f0",
    "f1",
    "f2",
    "f3",
    "f4",
    "f5",
    "f6",
    "f7",
    "f8",
    "f9",
    "f10",
    "f11",
    "big",
)
_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_"


def _number_at(text: str, at: int, width: int) -> int:
    value = 0
    for digit in text[at : at + width]:
        value = value * 64 + _DIGITS.index(digit)
    return value


def _width(count: int) -> int:
    return 1 if count <= 64 else 2 if count <= 4096 else 3


def _field(slots, first: int) -> Field:
    alternative, size, bit_offset, bit_size, depth = slots[first : first + 5]
    return Field(alternative, tuple(slots[first + 5 : first + 5 + depth]), size, bit_offset, bit_size)


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
        _field(slots, 0),
        _field(slots, 6),
        _field(slots, 12),
        _field(slots, 18),
        _field(slots, 24),
        _field(slots, 30),
        _field(slots, 36),
        _field(slots, 42),
        _field(slots, 48),
        _field(slots, 54),
        _field(slots, 60),
        _field(slots, 66),
        _number(slots, 72),
    )


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


def find_running() -> Optional[Offsets]:
    """The running kernel: by uname and os-release, else by uname alone."""
    names = os.uname()
    words = {}
    for path in ("/usr/lib/os-release", "/etc/os-release"):
        try:
            with open(path, encoding="utf-8") as file:
                words = dict(line.strip().split("=", 1) for line in file if "=" in line)
        except OSError:
            continue
    distro, version = (words.get(key, "").strip("\"'") for key in ("ID", "VERSION_ID"))
    return find(distro, version, names.machine, names.release) or find_release(names.machine, names.release)


def self_test() -> bool:
    """Unpacks the whole table and compares it with what it was made from."""
    value = 0x811C9DC5
    lines = [f"{kernel}\t{kernel.row}" for kernel in kernels()]
    for row in range(len(_ROWS)):
        lines += (f"{row}\t{name}\t{cell}" for name, cell in zip(_NAMES, _offsets(row)))
    for byte in "".join(line + "\n" for line in lines).encode():
        value = (value ^ byte) * 0x01000193 & 0xFFFFFFFF
    return value == 0xEABBE109


if __name__ == "__main__":
    if len(sys.argv) > 1:
        sys.exit(0 if self_test() else 1)
    for one in kernels():
        for entry, text in zip(_NAMES, one.offsets()):
            print(f"{one}\t{entry}\t{text}")
