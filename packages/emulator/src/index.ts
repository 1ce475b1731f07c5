// @btfq/emulator: x86-64 and arm64 code as compilers write it for kernels, run in WebAssembly.
export {
  Emulator,
  type Architecture,
  type EmulatorOptions,
  type Hook,
  type HookAnswer,
  type RegionOptions,
  type RunOptions,
  type Snapshot,
} from './emulator.ts';
export type { Stop } from './stop.ts';
export type { SystemRegister } from './arm64/system-registers.ts';
export type { RegionContent } from './pages.ts';
export { EmulatorError, type EmulatorErrorCode } from './errors.ts';
