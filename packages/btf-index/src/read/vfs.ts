// A virtual file system for SQLite's WebAssembly build: files that are byte sources, and only read. See
// https://sqlite.org/wasm/doc/trunk/api-c-style.md and https://sqlite.org/vfs.html.

import type { Sqlite3Static, WasmPointer } from '@sqlite.org/sqlite-wasm';
import type { ByteSource } from './byte-source.ts';

export const VFS_NAME = 'btfq-read';
/** Where the header says how the file is written and read: 2 for a write-ahead log, of which a source has none. */
const FORMAT_BYTES = [18, 19] as const;

/** Sources by the name of the file that they are. */
export type Sources = Map<string, { readonly source: ByteSource; fault: unknown }>;

const installed = new WeakMap<Sqlite3Static, Sources>();

/** The sources that this build of SQLite can open; registers the file system when first asked. */
export function sourcesOf(sqlite3: Sqlite3Static): Sources {
  let sources = installed.get(sqlite3);
  if (sources === undefined) {
    sources = new Map();
    install(sqlite3, sources);
    installed.set(sqlite3, sources);
  }
  return sources;
}

function install({ capi, wasm, vfs }: Sqlite3Static, sources: Sources): void {
  const open = new Map<WasmPointer, { readonly source: ByteSource; fault: unknown }>();
  const io = new capi.sqlite3_io_methods();
  const own = new capi.sqlite3_vfs();
  const usual = new capi.sqlite3_vfs(capi.sqlite3_vfs_find(null as never));
  own.$iVersion = 2;
  own.$szOsFile = (capi.sqlite3_file as unknown as { structInfo: { sizeof: number } }).structInfo.sizeof;
  own.$mxPathname = 1024;
  // the library's types leave these two out
  const [into, from] = [own, usual] as unknown as Record<'$xRandomness' | '$xSleep', WasmPointer>[];
  if (into !== undefined && from !== undefined) {
    into.$xRandomness = from.$xRandomness;
    into.$xSleep = from.$xSleep;
  }
  own.$zName = wasm.allocCString(VFS_NAME, false) as WasmPointer;
  usual.dispose();
  const ok = () => 0;
  const readOnly = () => capi.SQLITE_READONLY;
  vfs.installVfs({
    io: {
      struct: io,
      methods: {
        xCheckReservedLock: (_file: WasmPointer, out: WasmPointer) => {
          wasm.poke32(out, 0);
          return 0;
        },
        xClose: (file: WasmPointer) => {
          open.delete(file);
          return 0;
        },
        xDeviceCharacteristics: () => capi.SQLITE_IOCAP_IMMUTABLE,
        xFileControl: () => capi.SQLITE_NOTFOUND,
        xFileSize: (file: WasmPointer, out: WasmPointer) => {
          wasm.poke64(out, BigInt(open.get(file)?.source.size ?? 0));
          return 0;
        },
        xLock: ok,
        xUnlock: ok,
        xSync: ok,
        xSectorSize: () => 4096,
        xTruncate: readOnly,
        xWrite: readOnly,
        xRead: (file: WasmPointer, to: WasmPointer, count: number, offset64: bigint) => {
          const opened = open.get(file);
          if (opened === undefined) return capi.SQLITE_IOERR_READ;
          const { source } = opened;
          const offset = Number(offset64);
          const there = Math.max(0, Math.min(count, source.size - offset));
          const heap = wasm.heap8u();
          const at = Number(to);
          try {
            if (there > 0) heap.set(source.read(offset, there), at);
          } catch (error) {
            opened.fault = error;
            return capi.SQLITE_IOERR_READ;
          }
          for (const byte of FORMAT_BYTES) if (byte >= offset && byte < offset + there) heap[at + byte - offset] = 1;
          if (there === count) return 0;
          heap.fill(0, at + there, at + count);
          return capi.SQLITE_IOERR_SHORT_READ;
        },
      } as never,
    },
    vfs: {
      struct: own,
      methods: {
        xAccess: (_vfs: WasmPointer, _name: WasmPointer, _flags: number, out: WasmPointer) => {
          wasm.poke32(out, 0); // neither journals nor logs
          return 0;
        },
        xDelete: readOnly,
        xFullPathname: (_vfs: WasmPointer, name: WasmPointer, size: number, out: WasmPointer) =>
          wasm.cstrncpy(out, name, size) < size ? 0 : capi.SQLITE_CANTOPEN,
        xGetLastError: ok,
        xCurrentTimeInt64: (_vfs: WasmPointer, out: WasmPointer) => {
          wasm.poke64(out, BigInt(Date.now()) + 210_866_760_000_000n); // milliseconds since the Julian epoch
          return 0;
        },
        xOpen: (_vfs: WasmPointer, name: WasmPointer, file: WasmPointer, _flags: number, outFlags: WasmPointer) => {
          const found = sources.get(wasm.cstrToJs(name) ?? '');
          if (found === undefined) return capi.SQLITE_CANTOPEN;
          open.set(file, found);
          const opened = new capi.sqlite3_file(file);
          opened.$pMethods = io.pointer as WasmPointer;
          opened.dispose();
          wasm.poke32(outFlags, capi.SQLITE_OPEN_READONLY);
          return 0;
        },
      } as never,
    },
  });
}
