// Random BTFs of structs with special fields: mostly as programs have them, and sometimes a little wrong.

import { BtfBuilder } from '@btfq/btf-format';
import type { Random } from '@btfq/test-kit';

const SIZES: Readonly<Record<string, number>> = {
  bpf_spin_lock: 4,
  bpf_res_spin_lock: 4,
  bpf_list_head: 16,
  bpf_list_node: 24,
  bpf_rb_root: 16,
  bpf_rb_node: 32,
  bpf_refcount: 4,
  bpf_timer: 16,
};

interface Member {
  readonly name: string;
  readonly type: number;
  readonly size: number;
  /** The struct behind an array, if it is a head or root. */
  readonly root?: boolean;
}

/** A BTF without base of a handful of structs. */
export function randomSpecialBtf(random: Random): Uint8Array {
  const builder = new BtfBuilder();
  const rarely = (n: number) => random.below(n) === 0;
  const int = builder.addInt('int', 4, 1);
  const kinds: { type: number; size: number; name: string; root?: boolean }[] = [{ type: int, size: 4, name: 'int' }];
  for (const [name, size] of Object.entries(SIZES)) {
    if (rarely(4)) continue;
    const bytes = rarely(12) ? size + 4 : size;
    const type = rarely(40) ? builder.addTypedef(name, int) : builder.addStruct(name, bytes);
    const root = name === 'bpf_list_head' || name === 'bpf_rb_root';
    for (let i = 0; i < 2; i++) kinds.push({ type, size: bytes, name, root });
  }
  // names that the structs will have, so that tags can speak of them before they are there
  const structs = 2 + random.below(4);
  const names = Array.from({ length: structs }, (_, i) => `own_${i}`);
  const inside: { type: number; size: number }[] = [];
  const plain = builder.addStruct('plain', 4);
  for (const name of names) {
    const fwd = rarely(8) ? int : (inside.at(-1)?.type ?? plain);
    const tag = random.pick(['kptr', 'kptr', 'kptr_untrusted', 'percpu_kptr', rarely(4) ? 'uptr' : 'kptr']);
    let target = builder.addTypeTag(tag, rarely(6) ? builder.addConst(fwd) : fwd);
    if (rarely(8)) target = builder.addTypeTag(random.pick(['kptr', 'percpu_kptr']), target);
    const pointer = builder.addPtr(target);
    kinds.push({ type: rarely(4) ? builder.addVolatile(pointer) : pointer, size: 8, name: 'pointer' });
    const members: Member[] = [];
    if (rarely(2)) {
      for (const wanted of ['bpf_spin_lock', random.pick(['bpf_list_node', 'bpf_rb_node'])]) {
        const found = kinds.find((one) => one.name === wanted);
        if (found) members.push({ ...found, name: wanted === 'bpf_spin_lock' ? 'lock' : 'node' });
      }
    }
    const addLock = () => {
      const lock = kinds.find((one) => one.name === 'bpf_spin_lock');
      if (lock && !members.some(({ type }) => type === lock.type)) members.push({ ...lock, name: 'own_lock' });
    };
    for (let i = 1 + random.below(3); i > 0; i--) {
      const kind = random.pick(kinds);
      if (kind.root && !rarely(6)) addLock();
      const nested = rarely(4) ? inside.at(random.below(Math.max(1, inside.length))) : undefined;
      let { type, size } = nested ?? kind;
      if (rarely(5)) {
        const count = random.pick([0, 1, 2, 3, 6, 12]);
        type = builder.addArray(type, int, count);
        size *= count;
      }
      members.push({ name: rarely(5) ? 'node' : `m${i}`, type, size, ...(kind.root && !nested ? { root: true } : {}) });
    }
    let at = 0;
    const placed = members.map((member) => {
      const align = member.size % 8 === 0 && !rarely(15) ? 8 : 4;
      const offset = Math.ceil(at / align) * align;
      at = offset + (rarely(25) ? 0 : member.size);
      return { ...member, offset };
    });
    const end = placed.reduce((most, { offset, size }) => Math.max(most, offset + size), 0);
    const own = builder.addStruct(name, end);
    for (const { name: member, type, offset } of placed) builder.addField(member, type, offset * 8);
    placed.forEach(({ root }, i) => {
      if (!root || rarely(10)) return;
      const value = rarely(15) ? 'contains:own_0' : `contains:${random.pick(names)}:${rarely(8) ? 'm1' : 'node'}`;
      builder.addDeclTag(value, own, i);
      if (rarely(20)) builder.addDeclTag(value, own, i);
    });
    inside.push({ type: own, size: end });
  }
  return builder.build();
}
