import { type CodeSource, type Emitter, Stop } from '../emit.ts';
import * as X from '../micro-op.ts';
export function decodeArm64Block(
  out: Emitter,
  _code: CodeSource,
  _start: number,
  _isHooked: (pc: number) => boolean,
): void {
  out.emit(X.STOP, Stop.unknown, 0, 0);
}
