// A table for Rust 1.74 and later, editions 2018 to 2024: one module, standard library only.

import { DIGITS } from '../table/digits.ts';
import type { PackedTable } from '../table/pack.ts';
import { FIELD_HEAD } from '../table/slots.ts';
import { commentText, type GenerateOptions, snakeCase, textLines, entryNames } from './names.ts';

const KEYWORDS = new Set(
  'abstract as async await become box break const continue crate do dyn else enum extern false final fn for gen if impl in let loop macro match mod move mut override priv pub ref return self static struct super trait true try type typeof unsafe unsized use virtual where while yield'.split(
    ' ',
  ),
);

export function generateRust(packed: PackedTable, options: GenerateOptions): string {
  const field = (name: string) => {
    const snake = snakeCase(name);
    return KEYWORDS.has(snake) ? `${snake}_` : snake;
  };
  const head = (options.madeFrom ?? []).map((line) => `// ${commentText(line)}\n`).join('');
  const shapeName = { field: 'Field', number: 'Number', function: 'Function' } as const;
  const list = (name: string, texts: readonly string[]) =>
    `// table:${name}\n#[rustfmt::skip]\n#[allow(dead_code)]\nstatic ${name.toUpperCase()}: &[&str] = &[\n${textLines(texts, '    ', entryNames(name, packed.plan))}];\n// table:end\n`;
  const members = packed.plan.map(({ entry, shape }) => {
    const about = `${entry.kind} \`${entry.alternatives.map(({ text }) => text).join('`, else `')}\`${entry.description ? `: ${entry.description}` : ''}`;
    return `    /// ${commentText(about)}\n    pub ${field(entry.name)}: ${shapeName[shape]},\n`;
  });
  const fill = packed.plan.map(
    ({ entry, shape, first }) => `        ${field(entry.name)}: ${shapeName[shape]}::from_slots(&slots[${first}..]),\n`,
  );
  const builds = packed.builds.length > 0;
  const lines = packed.plan.map(
    ({ entry }) => `        line(prefix, "${entry.name}", &self.${field(entry.name)}.to_string());\n`,
  );
  return `// Made by btfq offsets: do not edit.
${head}// Where fields of kernel types are, kernel by kernel: \`find_running()\` answers for the running one.

use std::fmt;

/// Where a field is. \`alternative\` 0: the kernel lacks it; else which of the entry's paths it is, from 1.
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
${members.join('')}}

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

${list('defaults', packed.defaults)}${list('variants', packed.variants)}${list('rows', packed.rows)}${list('kernels', packed.kernels)}${list('signatures', packed.signatures)}${builds ? list('builds', packed.builds) : ''}
const DIGITS: &str = "${DIGITS}";

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
            offsets: slots[${FIELD_HEAD}..${FIELD_HEAD} + depth].iter().map(|&offset| offset as u64).collect(),
            size: slots[1] as u64,
            bit_offset: slots[2] as u8,
            bit_size: slots[3] as u8,
        }
    }

    /// The address of the field of the object at \`base\`; None where the kernel lacks it. Reads each pointer on the way.
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
${fill.join('')}    }
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

${
  builds
    ? `/// By the build id in hexadecimal.
#[allow(dead_code)]
pub fn find_build_id(build_id: &str) -> Result<Offsets, Lookup> {
    let found = BUILDS.iter().filter_map(|line| line.split_once(' ')).find(|(id, _)| *id == build_id);
    found.map(|(_, row)| offsets_of(number_at(row, 0, width_of(ROWS.len())))).ok_or(Lookup::Unknown)
}

/// The build id among notes, as /sys/kernel/notes has them, in hexadecimal.
#[allow(dead_code)]
pub fn build_id_of(notes: &[u8]) -> Option<String> {
    let mut at = 0usize;
    loop {
        let word = |i: usize| -> Option<usize> {
            let bytes = notes.get(at + i..at + i + 4)?;
            Some(u32::from_ne_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]) as usize)
        };
        let (name_size, size, kind) = (word(0)?, word(4)?, word(8)?);
        let start = (at + 12).checked_add(name_size.checked_add(3)? / 4 * 4)?;
        let said = notes.get(start..start.checked_add(size)?)?;
        if kind == 3 && notes.get(at + 12..at + 12 + name_size)? == &b"GNU\\0"[..] {
            return Some(said.iter().map(|byte| format!("{:02x}", byte)).collect());
        }
        at = start.checked_add(size.checked_add(3)? / 4 * 4)?;
    }
}

`
    : ''
}/// The running kernel: by ${builds ? 'its build id; else by ' : ''}its release, the machine that this was compiled for, and os-release; else without the last.
#[allow(dead_code)]
pub fn find_running() -> Result<Offsets, Lookup> {
${
  builds
    ? `    let noted = std::fs::read("/sys/kernel/notes").ok().and_then(|notes| build_id_of(&notes));
    if let Some(offsets) = noted.and_then(|id| find_build_id(&id).ok()) {
        return Ok(offsets);
    }
`
    : ''
}    let read = |path: &str| std::fs::read_to_string(path).unwrap_or_default();
    let release = read("/proc/sys/kernel/osrelease");
    let mut text = read("/etc/os-release");
    if text.is_empty() {
        text = read("/usr/lib/os-release");
    }
    let word = |key: &str| {
        text.lines()
            .filter_map(|line| line.split_once('='))
            .find(|(name, _)| *name == key)
            .map_or("", |(_, value)| value.trim_matches(|c| c == '"' || c == '\\''))
    };
    let arch = match std::env::consts::ARCH {
        "powerpc64" if cfg!(target_endian = "little") => "ppc64le",
        other => other,
    };
    find(word("ID"), word("VERSION_ID"), arch, release.trim()).or_else(|_| find_release(arch, release.trim()))
}

impl Offsets {
    fn lines(&self, prefix: &str, line: &mut dyn FnMut(&str, &str, &str)) {
${lines.join('')}    }
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
        add(format!("{}\\t{}\\n", kernel, kernel.row));
    }
${
  builds
    ? `    for (id, row) in BUILDS.iter().filter_map(|line| line.split_once(' ')) {
        add(format!("{}\\t{}\\n", id, number_at(row, 0, width_of(ROWS.len()))));
    }
`
    : ''
}    for row in 0..ROWS.len() {
        offsets_of(row).lines(&row.to_string(), &mut |prefix, entry, text| add(format!("{}\\t{}\\t{}\\n", prefix, entry, text)));
    }
    hash == 0x${packed.checksum.toString(16)}
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_table_is_what_it_was_made_from() {
        assert!(super::self_test());
    }
}
`;
}
