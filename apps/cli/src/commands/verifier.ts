// btfq verifier: whether a kernel's verifier can be run from its image, and what is missing for it.
import { examineKernel } from '@btfq/kernel-runtime';
import { defineCommand } from '../command.ts';
import { UsageError } from '../errors.ts';
import { ExitCode } from '../exit-codes.ts';
import { openVerifier } from '../verifier/open-verifier.ts';

export const command = defineCommand({
  args: 'IMAGE',
  about: `
With --doctor says whether btfq can run this kernel's verifier: twenty small programs whose verdict is known, what boot
registers with bpf and could not be registered here, and the functions that btfq answers for which this kernel does not have
(as older and newer kernels name them otherwise, there are always some). IMAGE is a vmlinux, a boot image or a package.

Exit code 1 where a program has another verdict than it should.`,
  flags: { doctor: { help: 'examine the kernel' } },
  examples: [{ line: 'btfq verifier --doctor vmlinuz', shows: 'whether --verify and veristat work with a kernel' }],
  async run(flags, io) {
    if (!flags.doctor) throw new UsageError('verifier has one thing to do: --doctor');
    const { name, kernel } = await openVerifier(io, flags.args[0] ?? '');
    const report = examineKernel(kernel);
    const good = report.selfTests.filter((test) => test.passes);
    const code = good.length === report.selfTests.length ? ExitCode.answered : ExitCode.no;
    if (flags.json) {
      io.json({ kernel: name, ...report });
      return code;
    }
    io.print(`${name}: ${good.length} of ${report.selfTests.length} programs have the verdict that they should have`);
    for (const test of report.selfTests) {
      if (test.passes) continue;
      io.print(`  ${test.name}: ${test.got}, not ${test.expected}`);
      for (const line of [...test.log.trim().split('\n'), ...test.backtrace]) io.print(`    ${line}`);
    }
    const failed = report.registrations.filter(({ outcome }) => outcome === 'failed');
    io.print(
      `${report.registrations.length - failed.length} of ${report.registrations.length} functions that register with bpf were run`,
    );
    for (const registration of failed) io.print(`  ${registration.function}: ${registration.reason}`);
    io.print(`${report.absent.length} entries of the table name nothing that this kernel has`);
    for (const { names } of report.absent) io.print(`  ${names}`);
    return code;
  },
});
