// Made by btfq offsets: do not edit.
// Where fields of kernel types are, kernel by kernel.
const std = @import("std");

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
    offsets: [1]u64 = [_]u64{0} ** 1,

    fn fromSlots(slots: []const i64) Field {
        var field = Field{
            .alternative = @intCast(slots[0]),
            .size = @intCast(slots[1]),
            .bit_offset = @intCast(slots[2]),
            .bit_size = @intCast(slots[3]),
            .depth = @intCast(slots[4]),
        };
        for (0..field.depth) |i| field.offsets[i] = @intCast(slots[5 + i]);
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
    /// offset task_struct.f0
    @"f0": Field = .{},
    /// offset task_struct.f1
    @"f1": Field = .{},
    /// offset task_struct.f2
    @"f2": Field = .{},
    /// offset task_struct.f3
    @"f3": Field = .{},
    /// offset task_struct.f4
    @"f4": Field = .{},
    /// offset task_struct.f5
    @"f5": Field = .{},
    /// offset task_struct.f6
    @"f6": Field = .{},
    /// offset task_struct.f7
    @"f7": Field = .{},
    /// offset cred.f8
    @"f8": Field = .{},
    /// offset cred.f9
    @"f9": Field = .{},
    /// offset cred.f10
    @"f10": Field = .{},
    /// offset cred.f11
    @"f11": Field = .{},
    /// value values.BIG
    @"big": Number = .{},
};

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

// table:defaults
const defaults = [_][]const u8{
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
};
// table:end
// table:variants
const variants = [_][]const u8{
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
};
// table:end
// table:rows
const rows = [_][]const u8{
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
};
// table:end
// table:kernels
const kernels = [_][]const u8{
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
};
// table:end
// table:signatures
const signatures = [_][]const u8{
};
// table:end

const digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_";

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
    var slots = [_]i64{0} ** 74;
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
    out.@"f0" = Field.fromSlots(slots[0..]);
    out.@"f1" = Field.fromSlots(slots[6..]);
    out.@"f2" = Field.fromSlots(slots[12..]);
    out.@"f3" = Field.fromSlots(slots[18..]);
    out.@"f4" = Field.fromSlots(slots[24..]);
    out.@"f5" = Field.fromSlots(slots[30..]);
    out.@"f6" = Field.fromSlots(slots[36..]);
    out.@"f7" = Field.fromSlots(slots[42..]);
    out.@"f8" = Field.fromSlots(slots[48..]);
    out.@"f9" = Field.fromSlots(slots[54..]);
    out.@"f10" = Field.fromSlots(slots[60..]);
    out.@"f11" = Field.fromSlots(slots[66..]);
    out.@"big" = Number.fromSlots(slots[72..]);
    return out;
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
        hash.update(std.fmt.bufPrint(&text, "{s}/{s}/{s}/{s}{s}\t{d}\n", .{
            k.distro, k.version, k.arch, k.head[0..k.head_len], k.tail, k.row,
        }) catch return false);
    }
    for (0..rows.len) |row| {
        const out = offsetsOf(row);
        inline for (std.meta.fields(Offsets), 0..) |member, i| {
            const cell = @field(out, member.name);
            hash.update(std.fmt.bufPrint(&text, "{d}\t{s}\t", .{ row, names[i] }) catch return false);
            hash.update(cellText(cell, &text) catch return false);
            hash.update("\n");
        }
    }
    return hash.final() == 0xeabbe109;
}

const names = [_][]const u8{
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
};

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
