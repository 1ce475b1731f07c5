// What becomes of a program once the verifier has let it pass: it is marked as compiled. And the clock.
import type { Session } from '../session.ts';

export const firstArgument = (session: Session): bigint => session.machine.emulator.argument(0);

/** Where compiled programs would lie. */
const CODE = 0xffffffffc0001000n;

function markCompiled(session: Session, program: bigint): void {
  const { emulator } = session.machine;
  const { jitedByte, jitedBit, bpfFunc } = session.fields;
  const flags = emulator.readNumber(program + BigInt(jitedByte), 1);
  emulator.writeNumber(program + BigInt(jitedByte), 1, flags | (1n << BigInt(jitedBit)));
  emulator.writeNumber(program + BigInt(bpfFunc), 8, CODE);
}

/** The argument that is the program: the first one, behind the verifier's environment from 7.1 on. */
export function programArgument(session: Session): bigint {
  return session.machine.emulator.argument(session.programArgument);
}

/** bpf_int_jit_compile(program). */
export function jitCompile(session: Session): bigint {
  const program = programArgument(session);
  markCompiled(session, program);
  return program;
}

/** bpf_prog_select_runtime(program, &error). */
export function selectRuntime(session: Session): bigint {
  const { emulator } = session.machine;
  const program = programArgument(session);
  const error = emulator.argument(session.programArgument + 1);
  if (error !== 0n) emulator.writeNumber(error, 4, 0n);
  markCompiled(session, program);
  return program;
}

/** A clock that goes on by a microsecond whenever it is looked at. */
export function tick(session: Session): bigint {
  session.time += 1000n;
  return session.time;
}
