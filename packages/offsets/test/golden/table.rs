// Made by btfq offsets: do not edit.
// Where fields of kernel types are, kernel by kernel: `find_running()` answers for the running one.

use std::fmt;

/// Where a field is. `alternative` 0: the kernel lacks it; else which of the entry's paths it is, from 1.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[allow(dead_code)]
pub struct Field {
    pub alternative: u8,
    /// Bytes; each but the last is of a pointer to read.
    pub offsets: Vec<u64>,
    pub size: u64,
    /// Of a bitfield, from the byte at the last offset, as the compiler counts on that kernel.
    pub bit_offset: u8,
    /// Of a bitfield, else 0.
    pub bit_size: u8,
}

/// A size, a value, a position, or 1 and 0 for what exists and what does not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[allow(dead_code)]
pub struct Number {
    pub alternative: u8,
    pub value: i64,
}

/// A function's signature.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[allow(dead_code)]
pub struct Function {
    pub alternative: u8,
    pub parameters: u8,
    pub signature: &'static str,
}

/// The answers for one kernel.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Offsets {
    /// offset `task_struct.f0`
    pub f0: Field,
    /// offset `task_struct.f1`
    pub f1: Field,
    /// offset `task_struct.f2`
    pub f2: Field,
    /// offset `task_struct.f3`
    pub f3: Field,
    /// offset `task_struct.f4`
    pub f4: Field,
    /// offset `task_struct.f5`
    pub f5: Field,
    /// offset `task_struct.f6`
    pub f6: Field,
    /// offset `task_struct.f7`
    pub f7: Field,
    /// offset `cred.f8`
    pub f8: Field,
    /// offset `cred.f9`
    pub f9: Field,
    /// offset `cred.f10`
    pub f10: Field,
    /// offset `cred.f11`
    pub f11: Field,
    /// value `values.BIG`
    pub big: Number,
}

/// A kernel of the table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kernel {
    pub distro: String,
    pub version: String,
    pub arch: String,
    pub release: String,
    row: usize,
}

/// Why a kernel is not found, or a field has no address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lookup {
    /// The table does not have the kernel.
    Unknown,
    /// Several kernels of the table have the release, and they differ.
    Ambiguous,
}

impl fmt::Display for Lookup {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Lookup::Unknown => "the table does not have this kernel",
            Lookup::Ambiguous => "several kernels have this release, and they differ",
        })
    }
}

impl std::error::Error for Lookup {}

// table:defaults
#[rustfmt::skip]
#[allow(dead_code)]
static DEFAULTS: &[&str] = &[
    // f0
    "1 8 0 0 1 0",
    // f1
    "1 8 0 0 1 16",
    // f2
    "1 8 0 0 1 32",
    // f3
    "1 8 0 0 1 48",
    // f4
    "1 8 0 0 1 256",
    // f5
    "1 8 0 0 1 272",
    // f6
    "1 8 0 0 1 288",
    // f7
    "1 8 0 0 1 304",
    // f8
    "1 8 0 0 1 0",
    // f9
    "1 8 0 0 1 336",
    // f10
    "1 8 0 0 1 352",
    // f11
    "1 8 0 0 1 368",
    // big
    "1 -9223372036854775808",
];
// table:end
// table:variants
#[rustfmt::skip]
#[allow(dead_code)]
static VARIANTS: &[&str] = &[
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
];
// table:end
// table:rows
#[rustfmt::skip]
#[allow(dead_code)]
static ROWS: &[&str] = &[
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
];
// table:end
// table:kernels
#[rustfmt::skip]
#[allow(dead_code)]
static KERNELS: &[&str] = &[
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
];
// table:end
// table:signatures
#[rustfmt::skip]
#[allow(dead_code)]
static SIGNATURES: &[&str] = &[
];
// table:end

const DIGITS: &str = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_";

fn number_at(text: &str, at: usize, width: usize) -> usize {
    text.bytes().skip(at).take(width).fold(0, |value, byte| value * 64 + DIGITS.bytes().position(|digit| digit == byte).unwrap_or(0))
}

fn width_of(count: usize) -> usize {
    match count {
        0..=64 => 1,
        65..=4096 => 2,
        _ => 3,
    }
}

fn numbers(text: &str) -> impl Iterator<Item = i64> + '_ {
    text.split_whitespace().map(|word| word.parse().unwrap_or(0))
}

#[allow(dead_code)]
impl Field {
    fn from_slots(slots: &[i64]) -> Self {
        let depth = slots[4] as usize;
        Field {
            alternative: slots[0] as u8,
            offsets: slots[5..5 + depth].iter().map(|&offset| offset as u64).collect(),
            size: slots[1] as u64,
            bit_offset: slots[2] as u8,
            bit_size: slots[3] as u8,
        }
    }

    /// The address of the field of the object at `base`; None where the kernel lacks it. Reads each pointer on the way.
    #[allow(dead_code)]
    pub fn address<E>(&self, base: u64, mut read_pointer: impl FnMut(u64) -> Result<u64, E>) -> Result<Option<u64>, E> {
        let mut base = base;
        match self.offsets.split_last() {
            None => Ok(None),
            Some((last, before)) => {
                for offset in before {
                    base = read_pointer(base.wrapping_add(*offset))?;
                }
                Ok(Some(base.wrapping_add(*last)))
            }
        }
    }
}

impl fmt::Display for Field {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.alternative == 0 {
            return out.write_str("-");
        }
        let offsets: Vec<String> = self.offsets.iter().map(u64::to_string).collect();
        write!(out, "{}:{}:{}:{}:{}", self.alternative, offsets.join(","), self.size, self.bit_offset, self.bit_size)
    }
}

#[allow(dead_code)]
impl Number {
    fn from_slots(slots: &[i64]) -> Self {
        Number { alternative: slots[0] as u8, value: slots[1] }
    }
}

impl fmt::Display for Number {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.alternative == 0 {
            return out.write_str("-");
        }
        write!(out, "{}:{}", self.alternative, self.value)
    }
}

#[allow(dead_code)]
impl Function {
    fn from_slots(slots: &[i64]) -> Self {
        if slots[0] == 0 {
            return Function::default();
        }
        Function { alternative: slots[0] as u8, parameters: slots[1] as u8, signature: SIGNATURES[slots[2] as usize] }
    }
}

impl fmt::Display for Function {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.alternative == 0 {
            return out.write_str("-");
        }
        write!(out, "{}:{}:{}", self.alternative, self.parameters, self.signature)
    }
}

fn offsets_of(row: usize) -> Offsets {
    let mut slots: Vec<i64> = DEFAULTS.iter().flat_map(|text| numbers(text)).collect();
    let mut at = 0;
    let mut variant = 0;
    while variant < VARIANTS.len() {
        let group = &VARIANTS[variant][1..];
        variant += 1;
        let count = VARIANTS[variant..].iter().take_while(|text| !text.starts_with('@')).count();
        let width = width_of(count);
        let chosen = VARIANTS[variant + number_at(ROWS[row], at, width)];
        for (slot, value) in numbers(group).zip(numbers(chosen)) {
            slots[slot as usize] = value;
        }
        at += width;
        variant += count;
    }
    Offsets {
        f0: Field::from_slots(&slots[0..]),
        f1: Field::from_slots(&slots[6..]),
        f2: Field::from_slots(&slots[12..]),
        f3: Field::from_slots(&slots[18..]),
        f4: Field::from_slots(&slots[24..]),
        f5: Field::from_slots(&slots[30..]),
        f6: Field::from_slots(&slots[36..]),
        f7: Field::from_slots(&slots[42..]),
        f8: Field::from_slots(&slots[48..]),
        f9: Field::from_slots(&slots[54..]),
        f10: Field::from_slots(&slots[60..]),
        f11: Field::from_slots(&slots[66..]),
        big: Number::from_slots(&slots[72..]),
    }
}

/// All kernels of the table.
#[allow(dead_code)]
pub fn kernels() -> Vec<Kernel> {
    let width = width_of(ROWS.len());
    let mut all = Vec::new();
    for line in KERNELS {
        let words: Vec<&str> = line.split(' ').collect();
        let mut head = words[4].to_string();
        let mut row = number_at(words[5], 0, width);
        let members = words[6];
        let mut at = 0;
        loop {
            all.push(Kernel {
                distro: words[0].to_string(),
                version: words[1].to_string(),
                arch: words[2].to_string(),
                release: format!("{}{}", head, words[3]),
                row,
            });
            if at >= members.len() {
                break;
            }
            let step = number_at(members, at, 1);
            at += 1;
            head.truncate(head.len() - (step >> 3 & 3));
            head.push_str(&members[at..at + (step & 7)]);
            at += step & 7;
            if step & 32 != 0 {
                row = number_at(members, at, width);
                at += width;
            }
        }
    }
    all
}

impl Kernel {
    /// The answers for this kernel.
    #[allow(dead_code)]
    pub fn offsets(&self) -> Offsets {
        offsets_of(self.row)
    }
}

impl fmt::Display for Kernel {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}/{}/{}/{}", self.distro, self.version, self.arch, self.release)
    }
}

fn search(arch: &str, release: &str, also: impl Fn(&Kernel) -> bool) -> Result<Offsets, Lookup> {
    let arch = if arch == "aarch64" { "arm64" } else { arch }; // as the table writes it
    let found: Vec<Kernel> =
        kernels().into_iter().filter(|kernel| kernel.release == release && kernel.arch == arch && also(kernel)).collect();
    let first = found.first().ok_or(Lookup::Unknown)?;
    if found.iter().any(|kernel| kernel.row != first.row) {
        return Err(Lookup::Ambiguous);
    }
    Ok(first.offsets())
}

/// By ID and VERSION_ID of os-release, and machine and release of uname.
#[allow(dead_code)]
pub fn find(distro: &str, version: &str, arch: &str, release: &str) -> Result<Offsets, Lookup> {
    search(arch, release, |kernel| kernel.distro == distro && kernel.version == version)
}

/// By machine and release alone.
#[allow(dead_code)]
pub fn find_release(arch: &str, release: &str) -> Result<Offsets, Lookup> {
    search(arch, release, |_| true)
}

/// The running kernel: by its release, the machine that this was compiled for, and os-release; else without the last.
#[allow(dead_code)]
pub fn find_running() -> Result<Offsets, Lookup> {
    let read = |path: &str| std::fs::read_to_string(path).unwrap_or_default();
    let release = read("/proc/sys/kernel/osrelease");
    let mut text = read("/etc/os-release");
    if text.is_empty() {
        text = read("/usr/lib/os-release");
    }
    let word = |key: &str| {
        text.lines()
            .filter_map(|line| line.split_once('='))
            .find(|(name, _)| *name == key)
            .map_or("", |(_, value)| value.trim_matches(|c| c == '"' || c == '\''))
    };
    let arch = match std::env::consts::ARCH {
        "powerpc64" if cfg!(target_endian = "little") => "ppc64le",
        other => other,
    };
    find(word("ID"), word("VERSION_ID"), arch, release.trim()).or_else(|_| find_release(arch, release.trim()))
}

impl Offsets {
    fn lines(&self, prefix: &str, line: &mut dyn FnMut(&str, &str, &str)) {
        line(prefix, "f0", &self.f0.to_string());
        line(prefix, "f1", &self.f1.to_string());
        line(prefix, "f2", &self.f2.to_string());
        line(prefix, "f3", &self.f3.to_string());
        line(prefix, "f4", &self.f4.to_string());
        line(prefix, "f5", &self.f5.to_string());
        line(prefix, "f6", &self.f6.to_string());
        line(prefix, "f7", &self.f7.to_string());
        line(prefix, "f8", &self.f8.to_string());
        line(prefix, "f9", &self.f9.to_string());
        line(prefix, "f10", &self.f10.to_string());
        line(prefix, "f11", &self.f11.to_string());
        line(prefix, "big", &self.big.to_string());
    }
}

/// Calls back for every kernel and entry of the table.
#[allow(dead_code)]
pub fn dump(line: &mut dyn FnMut(&str, &str, &str)) {
    for kernel in kernels() {
        kernel.offsets().lines(&kernel.to_string(), line);
    }
}

/// Unpacks the whole table and compares it with what it was made from.
#[allow(dead_code)]
pub fn self_test() -> bool {
    let mut hash: u32 = 0x811c9dc5;
    let mut add = |text: String| {
        for byte in text.bytes() {
            hash = (hash ^ u32::from(byte)).wrapping_mul(0x01000193);
        }
    };
    for kernel in kernels() {
        add(format!("{}\t{}\n", kernel, kernel.row));
    }
    for row in 0..ROWS.len() {
        offsets_of(row).lines(&row.to_string(), &mut |prefix, entry, text| add(format!("{}\t{}\t{}\n", prefix, entry, text)));
    }
    hash == 0xeabbe109
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_table_is_what_it_was_made_from() {
        assert!(super::self_test());
    }
}
