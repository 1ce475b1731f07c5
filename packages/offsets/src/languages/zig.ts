// A table for Zig: one file, std only for text; what needs memory asks the caller for none.

import { DIGITS } from '../table/digits.ts';
import type { PackedTable } from '../table/pack.ts';
import { FIELD_HEAD } from '../table/slots.ts';
import { commentText, type GenerateOptions, snakeCase, textLines, entryNames } from './names.ts';

/** In a part of its own: it is Zig's word, and no import of this module. */
const IMPORT = 'import';

export function generateZig(packed: PackedTable, options: GenerateOptions): string {
  const depth = Math.max(1, ...packed.plan.map((one) => one.depth));
  const head = (options.madeFrom ?? []).map((line) => `// ${commentText(line)}\n`).join('');
  const shapeName = { field: 'Field', number: 'Number', function: 'Function' } as const;
  const list = (name: string, texts: readonly string[]) =>
    `// table:${name}\nconst ${name} = [_][]const u8{\n${textLines(texts, '    ', entryNames(name, packed.plan))}};\n// table:end\n`;
  const members = packed.plan.map(({ entry, shape }) => {
    const about = `${entry.kind} ${entry.alternatives.map(({ text }) => text).join(', else ')}${entry.description ? `: ${entry.description}` : ''}`;
    return `    /// ${commentText(about)}\n    @"${snakeCase(entry.name)}": ${shapeName[shape]} = .{},\n`;
  });
  const fill = packed.plan.map(
    ({ entry, shape, first }) =>
      `    out.@"${snakeCase(entry.name)}" = ${shapeName[shape]}.fromSlots(slots[${first}..]);\n`,
  );
  return `// Made by btfq offsets: do not edit.
${head}// Where fields of kernel types are, kernel by kernel.
const std = @${IMPORT}("std");

/// Where a field is. alternative 0: the kernel lacks it; else which of the entry's paths it is, from 1.
pub const Field = struct {
    alternative: u8 = 0,
    /// How many offsets there are: each but the last is of a pointer to read.
    depth: u8 = 0,
    /// Of a bitfield, from the byte at the last offset, as the compiler counts on that kernel.
    bit_offset: u8 = 0,
    /// Of a bitfield, else 0.
    bit_size: u8 = 0,
    size: u64 = 0,
    offsets: [${depth}]u64 = [_]u64{0} ** ${depth},

    fn fromSlots(slots: []const i64) Field {
        var field = Field{
            .alternative = @intCast(slots[0]),
            .size = @intCast(slots[1]),
            .bit_offset = @intCast(slots[2]),
            .bit_size = @intCast(slots[3]),
            .depth = @intCast(slots[4]),
        };
        for (0..field.depth) |i| field.offsets[i] = @intCast(slots[${FIELD_HEAD} + i]);
        return field;
    }
};

/// A size, a value, a position, or 1 and 0 for what exists and what does not. alternative as in Field.
pub const Number = struct {
    alternative: u8 = 0,
    value: i64 = 0,

    fn fromSlots(slots: []const i64) Number {
        return .{ .alternative = @intCast(slots[0]), .value = slots[1] };
    }
};

/// A function's signature. alternative as in Field.
pub const Function = struct {
    alternative: u8 = 0,
    parameters: u8 = 0,
    signature: []const u8 = "",

    fn fromSlots(slots: []const i64) Function {
        if (slots[0] == 0) return .{};
        return .{
            .alternative = @intCast(slots[0]),
            .parameters = @intCast(slots[1]),
            .signature = signatures[@intCast(slots[2])],
        };
    }
};

/// The answers for one kernel.
pub const Offsets = struct {
${members.join('')}};

/// A kernel of the table; its release is head and tail together.
pub const Kernel = struct {
    distro: []const u8,
    version: []const u8,
    arch: []const u8,
    head: [132]u8,
    head_len: usize,
    tail: []const u8,
    row: usize,

    pub fn isRelease(kernel: *const Kernel, release: []const u8) bool {
        const own = kernel.head[0..kernel.head_len];
        return release.len == own.len + kernel.tail.len and std.mem.startsWith(u8, release, own) and
            std.mem.endsWith(u8, release, kernel.tail);
    }
};

pub const LookupError = error{ Unknown, Ambiguous };

${list('defaults', packed.defaults)}${list('variants', packed.variants)}${list('rows', packed.rows)}${list('kernels', packed.kernels)}${list('signatures', packed.signatures)}
const digits = "${DIGITS}";

fn numberAt(text: []const u8, at: usize, width: usize) usize {
    var value: usize = 0;
    for (text[at .. at + width]) |byte| value = value * 64 + (std.mem.indexOfScalar(u8, digits, byte) orelse 0);
    return value;
}

fn widthOf(count: usize) usize {
    if (count <= 64) return 1;
    return if (count <= 4096) 2 else 3;
}

/// The answers of a row.
pub fn offsetsOf(row: usize) Offsets {
    var slots = [_]i64{0} ** ${packed.slots};
    var n: usize = 0;
    for (defaults) |text| {
        var words = std.mem.tokenizeScalar(u8, text, ' ');
        while (words.next()) |word| : (n += 1) slots[n] = std.fmt.parseInt(i64, word, 10) catch 0;
    }
    var at: usize = 0;
    var variant: usize = 0;
    while (variant < variants.len) {
        var group = std.mem.tokenizeScalar(u8, variants[variant][1..], ' ');
        variant += 1;
        var count: usize = 0;
        while (variant + count < variants.len and variants[variant + count][0] != '@') count += 1;
        const width = widthOf(count);
        var values = std.mem.tokenizeScalar(u8, variants[variant + numberAt(rows[row], at, width)], ' ');
        while (group.next()) |word| {
            const slot = std.fmt.parseInt(usize, word, 10) catch 0;
            slots[slot] = std.fmt.parseInt(i64, values.next() orelse "0", 10) catch 0;
        }
        at += width;
        variant += count;
    }
    var out = Offsets{};
${fill.join('')}    return out;
}

/// Goes through all kernels of the table.
pub const KernelIterator = struct {
    line: usize = 0,
    at: usize = 0,
    members: []const u8 = "",
    kernel: Kernel = undefined,
    fresh: bool = true,

    pub fn next(self: *KernelIterator) ?*const Kernel {
        const width = widthOf(rows.len);
        if (self.fresh or self.at >= self.members.len) {
            if (self.line >= kernels.len) return null;
            var words = std.mem.splitScalar(u8, kernels[self.line], ' ');
            self.line += 1;
            self.fresh = false;
            self.kernel.distro = words.next().?;
            self.kernel.version = words.next().?;
            self.kernel.arch = words.next().?;
            self.kernel.tail = words.next().?;
            const head = words.next().?;
            @memcpy(self.kernel.head[0..head.len], head);
            self.kernel.head_len = head.len;
            self.kernel.row = numberAt(words.next().?, 0, width);
            self.members = words.next().?;
            self.at = 0;
            return &self.kernel;
        }
        const step = numberAt(self.members, self.at, 1);
        self.at += 1;
        self.kernel.head_len -= step >> 3 & 3;
        const added = step & 7;
        @memcpy(self.kernel.head[self.kernel.head_len .. self.kernel.head_len + added], self.members[self.at .. self.at + added]);
        self.kernel.head_len += added;
        self.at += added;
        if (step & 32 != 0) {
            self.kernel.row = numberAt(self.members, self.at, width);
            self.at += width;
        }
        return &self.kernel;
    }
};

/// By ID and VERSION_ID of os-release (null: any), and machine and release of uname.
pub fn find(distro: ?[]const u8, version: ?[]const u8, arch: []const u8, release: []const u8) LookupError!Offsets {
    // the table writes arm64 for what uname calls aarch64
    const machine = if (std.mem.eql(u8, arch, "aarch64")) "arm64" else arch;
    var all = KernelIterator{};
    var row: ?usize = null;
    while (all.next()) |kernel| {
        if (!std.mem.eql(u8, kernel.arch, machine) or !kernel.isRelease(release)) continue;
        if (distro) |word| if (!std.mem.eql(u8, kernel.distro, word)) continue;
        if (version) |word| if (!std.mem.eql(u8, kernel.version, word)) continue;
        if (row != null and row.? != kernel.row) return error.Ambiguous;
        row = kernel.row;
    }
    return offsetsOf(row orelse return error.Unknown);
}

/// Unpacks the whole table and compares it with what it was made from.
pub fn selfTest() bool {
    var hash = std.hash.Fnv1a_32.init();
    var text: [4096]u8 = undefined;
    var all = KernelIterator{};
    while (all.next()) |k| {
        hash.update(std.fmt.bufPrint(&text, "{s}/{s}/{s}/{s}{s}\\t{d}\\n", .{
            k.distro, k.version, k.arch, k.head[0..k.head_len], k.tail, k.row,
        }) catch return false);
    }
    for (0..rows.len) |row| {
        const out = offsetsOf(row);
        inline for (std.meta.fields(Offsets), 0..) |member, i| {
            const cell = @field(out, member.name);
            hash.update(std.fmt.bufPrint(&text, "{d}\\t{s}\\t", .{ row, names[i] }) catch return false);
            hash.update(cellText(cell, &text) catch return false);
            hash.update("\\n");
        }
    }
    return hash.final() == 0x${packed.checksum.toString(16)};
}

const names = [_][]const u8{
${packed.plan.map(({ entry }) => `    "${entry.name}",\n`).join('')}};

fn cellText(cell: anytype, text: []u8) ![]const u8 {
    if (cell.alternative == 0) return "-";
    switch (@TypeOf(cell)) {
        Field => {
            var n = (try std.fmt.bufPrint(text, "{d}:", .{cell.alternative})).len;
            for (cell.offsets[0..cell.depth], 0..) |offset, i| {
                n += (try std.fmt.bufPrint(text[n..], "{s}{d}", .{ if (i > 0) "," else "", offset })).len;
            }
            n += (try std.fmt.bufPrint(text[n..], ":{d}:{d}:{d}", .{ cell.size, cell.bit_offset, cell.bit_size })).len;
            return text[0..n];
        },
        Number => return std.fmt.bufPrint(text, "{d}:{d}", .{ cell.alternative, cell.value }),
        else => return std.fmt.bufPrint(text, "{d}:{d}:{s}", .{ cell.alternative, cell.parameters, cell.signature }),
    }
}

test "the table is what it was made from" {
    try std.testing.expect(selfTest());
}
`;
}
