// Builds the committed samples with the standard tools: each compression once, and the packages that distributions ship.
// Needs gzip bzip2 lzma xz lz4 lzop zstd tar cpio dpkg-deb rpmbuild mksquashfs genisoimage mkfs.ext4 zip, apk of
// apk-tools 3. The tests never run it:
//
//   node --conditions=@btfq/source packages/kernel-source/test/samples/build.ts

import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { kernelBtf, kernelModule, moduleBtf, RELEASE, vmlinux, bzImage } from '../synthetic.ts';

const here = import.meta.dirname;
const work = mkdtempSync(join(tmpdir(), 'btfq-samples-'));
const sh = (script: string, cwd = work) =>
  execFileSync('bash', ['-euc', script], { cwd, stdio: ['ignore', 'pipe', 'inherit'] });
const put = (path: string, bytes: Uint8Array | string) => {
  mkdirSync(dirname(join(work, path)), { recursive: true });
  writeFileSync(join(work, path), bytes);
};

// One image, packed by every tool.
put('vmlinux', vmlinux());
sh(`
  gzip -9nk vmlinux && bzip2 -1k vmlinux && zstd -q19 vmlinux
  xz -9k --check=crc32 --x86 --lzma2 vmlinux && lzma -9k vmlinux
  lz4 -q9 vmlinux vmlinux.lz4 && lz4 -ql9 vmlinux vmlinux.legacy.lz4 && lzop -9 -o vmlinux.lzo vmlinux
  head -c 4000 vmlinux | zstd -q19 > two.zst && tail -c +4001 vmlinux | zstd -q19 >> two.zst && mv two.zst vmlinux.frames.zst
`);

// A bomb: 64 MiB of zeros in 10 KB.
sh('head -c 67108864 /dev/zero | xz -9 > zeros.xz');

// A kernel's file system, as a package lays it out.
const root = 'root';
const modules = `${root}/lib/modules/${RELEASE}/kernel`;
sh(`xz -9k --check=crc32 vmlinux -c > payload.xz`);
put(`${root}/boot/vmlinuz-${RELEASE}`, bzImage(readFileSync(join(work, 'payload.xz'))));
put(`${root}/boot/config-${RELEASE}`, 'CONFIG_DEBUG_INFO_BTF=y\n');
const name = (module: string) => ({ name: module, btf: moduleBtf(kernelBtf(), `${module}_state`) });
put(`${modules}/plain.ko`, kernelModule(name('plain')));
put(`${modules}/packed-xz.ko`, kernelModule(name('packed_xz')));
put(`${modules}/packed-zst.ko`, kernelModule(name('packed_zst')));
put(`${modules}/packed-gz.ko`, kernelModule(name('packed_gz')));
put(`${modules}/without.ko`, kernelModule({ name: 'without', btf: undefined }));
sh(`cd ${modules} && xz --check=crc32 packed-xz.ko && zstd -q --rm packed-zst.ko && gzip -9n packed-gz.ko`);

// .deb in the three compressions of their data.
put(
  `${root}/DEBIAN/control`,
  `Package: linux-image-${RELEASE}-unsigned\nVersion: 6.1.199-1\nArchitecture: amd64\n` +
    'Maintainer: Debian Kernel Team <debian-kernel@lists.debian.org>\nDescription: sample\n with a second line\n',
);
for (const [tool, ending] of [
  ['xz', 'xz'],
  ['zstd', 'zst'],
  ['gzip', 'gz'],
] as const) {
  sh(`dpkg-deb --root-owner-group -Z${tool} -b ${root} image.${ending}.deb`);
}

// .rpm in three compressions of their payload.
put(
  'kernel.spec',
  `Name: kernel-core\nVersion: 6.8.5\nRelease: 301.fc40\nSummary: sample\nLicense: GPL\nVendor: Fedora Project\n` +
    `Provides: kernel-uname-r = 6.8.5-301.fc40.x86_64\nBuildArch: x86_64\n%description\nsample\n%install\n` +
    `mkdir -p %{buildroot}/lib/modules/6.8.5-301.fc40.x86_64/kernel\n` +
    `cp ${work}/fedora/* %{buildroot}/lib/modules/6.8.5-301.fc40.x86_64/\n` +
    `mv %{buildroot}/lib/modules/6.8.5-301.fc40.x86_64/*.ko %{buildroot}/lib/modules/6.8.5-301.fc40.x86_64/kernel/\n` +
    '%files\n/lib/modules\n',
);
const fedora = '6.8.5-301.fc40.x86_64';
put('fedora/vmlinuz', bzImage(readFileSync(join(work, 'payload.xz')), { release: fedora }));
put(
  'fedora-vmlinux',
  vmlinux({ banner: `Linux version ${fedora} (mockbuild@0a0b0c) (gcc) #1 SMP PREEMPT_DYNAMIC 2026` }),
);
sh('zstd -q19 fedora-vmlinux -o fedora.zst');
put('fedora/vmlinuz', bzImage(readFileSync(join(work, 'fedora.zst')), { release: fedora }));
put('fedora/sample.ko', kernelModule({ name: 'sample', release: fedora }));
for (const [io, ending] of [
  ['w19.zstdio', 'zst'],
  ['w9.xzdio', 'xz'],
  ['w9.gzdio', 'gz'],
] as const) {
  sh(`rpmbuild --quiet -bb --target x86_64 --define '_topdir ${work}/rpm' --define '_binary_payload ${io}' \
      --define '_build_id_links none' --define 'debug_package %{nil}' --define '__os_install_post %{nil}' \
      --define '_buildhost sample' --define 'use_source_date_epoch_as_buildtime 1' kernel.spec >/dev/null 2>&1
      cp rpm/RPMS/x86_64/*.rpm image.${ending}.rpm`);
}

// BTFHub's layout, DataDog's, and a cpio.
put(`hub/${RELEASE}.btf`, kernelBtf());
put('datadog/vmlinux', kernelBtf());
put('datadog/sample', moduleBtf(kernelBtf()));
put('datadog/broken', kernelBtf().slice(0, 40));
sh(`
  tar --sort=name --owner=0 --group=0 --numeric-owner --mtime=@0 -C hub -cJf hub.btf.tar.xz ${RELEASE}.btf
  tar --sort=name --owner=0 --group=0 --numeric-owner --mtime=@0 -C datadog -cJf datadog.btf.tar.xz broken sample vmlinux
  (cd ${root} && find boot lib -type f | sort | cpio --quiet -o -H newc --reproducible) | gzip -9n > root.cpio.gz
  tar --sort=name --owner=0 --group=0 --numeric-owner --mtime=@0 -C ${root} --format=pax -cf - boot lib | bzip2 -1 > root.tar.bz2
`);

// A root file system as images of file systems.
const disk = 'disk';
put(
  `${disk}/boot/vmlinuz-${RELEASE}`,
  bzImage(gzipSync(vmlinux({ banner: `Linux version ${RELEASE} (builder@host) (gcc) #1 SMP 2026` }))),
);
put(`${disk}/usr/lib/os-release`, 'ID=debian\nVERSION_ID="12"\n');
put(`${disk}/usr/lib/modules/${RELEASE}/kernel/net/plain.ko`, kernelModule(name('plain')));
sh(`
  mkdir ${disk}/etc && ln -s ../usr/lib/os-release ${disk}/etc/os-release && ln -s usr/lib ${disk}/lib
  quietly="-all-root -noappend -quiet -no-progress -mkfs-time 0 -all-time 0 -nopad"
  for how in gzip lzma lzo xz zstd lz4; do mksquashfs ${disk} root.$how.squashfs -comp $how $quietly; done
  mksquashfs ${disk} root.blocks.squashfs -comp gzip -b 4096 -no-fragments $quietly
  genisoimage -quiet -R -o rock.iso ${disk} && genisoimage -quiet -J -f -o joliet.iso ${disk}
  mkfs.ext4 -q -O ^has_journal -N 64 -d ${disk} ext4.img 400k && mkfs.ext2 -q -N 64 -d ${disk} ext2.img 400k
  mkfs.ext4 -q -N 64 -O ^has_journal,inline_data,64bit -b 1024 -d ${disk} inline.img 300k
  (cd ${disk} && zip -qry ../root.zip . && zip -qr -0 ../stored.zip .)
  gzip -9n rock.iso joliet.iso ext4.img ext2.img inline.img
`);

// apk v3, in each wrapper that its own tool makes.
const alpine = '6.18.12-0-lts';
const edge = `Linux version ${alpine} (buildozer@build-3-23-x86_64) (gcc (Alpine 15.2.0) 15.2.0) #1-Alpine SMP 2026`;
put('apk/boot/vmlinuz-lts', bzImage(gzipSync(vmlinux({ banner: edge })), { release: alpine }));
put(`apk/lib/modules/${alpine}/kernel/net/plain.ko`, kernelModule({ ...name('plain'), release: alpine }));
for (const how of ['none', 'deflate', 'zstd']) {
  sh(`
    ln -sf vmlinuz-lts apk/boot/vmlinuz
    apk mkpkg -I name:linux-lts -I version:6.18.12-r0 -I arch:x86_64 -I 'maintainer:Someone <someone@alpinelinux.org>' \
      -F apk -c ${how} -o image.${how}.apk`);
}

const samples = [
  ...['none', 'deflate', 'zstd'].map((how) => `image.${how}.apk`),
  ...['gzip', 'lzma', 'lzo', 'xz', 'zstd', 'lz4', 'blocks'].map((how) => `root.${how}.squashfs`),
  ...['rock.iso.gz', 'joliet.iso.gz', 'ext4.img.gz', 'ext2.img.gz', 'inline.img.gz', 'root.zip', 'stored.zip'],
  'vmlinux.gz',
  'vmlinux.bz2',
  'vmlinux.zst',
  'vmlinux.frames.zst',
  'vmlinux.xz',
  'vmlinux.lzma',
  'vmlinux.lz4',
  'vmlinux.legacy.lz4',
  'vmlinux.lzo',
  'image.xz.deb',
  'image.zst.deb',
  'image.gz.deb',
  'image.zst.rpm',
  'image.xz.rpm',
  'image.gz.rpm',
  'hub.btf.tar.xz',
  'datadog.btf.tar.xz',
  'root.cpio.gz',
  'root.tar.bz2',
  'zeros.xz',
];
for (const sample of samples) cpSync(join(work, sample), join(here, sample));
rmSync(work, { recursive: true });
