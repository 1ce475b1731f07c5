// btfq verifier: whether a kernel's verifier can be run from its image, and what is missing for it.
import { examineKernel } from '@btfq/kernel-runtime';
import { defineCommand } from '../command.ts';
import { UsageError } from '../errors.ts';
import { ExitCode } from '../exit-codes.ts';
import { openVerifier } from '../verifier/open-verifier.ts';

export const command = defineCommand({
  args: 'IMAGE',
  about: `
With --doctor, checks whether btfq can run the verifier of this kernel. It loads twenty small programs whose verdicts are
known, and lists what the kernel registers with bpf at boot but could not be registered here, and the functions that btfq
answers for that this kernel does not have. (Some are always missing, because kernels of different ages use different
names.) IMAGE is a vmlinux, a boot image or a package.

The exit code is 1 if a program gets the wrong verdict.`,
  flags: { doctor: { help: 'run the self-test and report' } },
  examples: [
    { line: 'btfq verifier --doctor vmlinuz', shows: 'do veristat and loads --verify work with this kernel?' },
  ],
  async run(flags, io) {
    if (!flags.doctor) throw new UsageError('verifier needs --doctor, its only action');
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
