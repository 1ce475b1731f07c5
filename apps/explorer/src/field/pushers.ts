// What pushed a field: the members before it that came, went, grew or shrank between two layouts of its struct.
import { type LayoutField, type Member, membersOf } from '../struct/members.ts';

/** A reason for which what follows moved: by so many bytes. */
export interface Push {
  readonly text: string;
  readonly bytes: number;
  readonly member: string;
}

/** The reasons before `path` from one layout to the other, the largest first; what is left over is alignment. */
export function pushersOf(before: readonly LayoutField[], after: readonly LayoutField[], path: string): Push[] {
  const [old, now] = [membersOf(before), membersOf(after)];
  const top = path.split('.')[0]!;
  const [oldSpot, newSpot] = [old.find((one) => one.path === top), now.find((one) => one.path === top)];
  if (oldSpot === undefined || newSpot === undefined) return [];
  const oldBefore = new Map(old.filter(({ start }) => start < oldSpot.start).map((one) => [one.path, one]));
  const newBefore = new Map(now.filter(({ start }) => start < newSpot.start).map((one) => [one.path, one]));
  const pushes: Push[] = [];
  for (const [name, member] of newBefore) {
    const earlier = oldBefore.get(name);
    if (earlier === undefined) {
      const moved = old.some((one) => one.path === name);
      pushes.push({
        member: name,
        bytes: member.bits / 8,
        text: moved ? `${declared(member)} moved before it` : `${declared(member)} was added before it`,
      });
    } else if (earlier.bits !== member.bits) {
      const bytes = (member.bits - earlier.bits) / 8;
      const verb = bytes > 0 ? 'grew' : 'shrank';
      pushes.push({ member: name, bytes, text: `${name} ${verb} from ${sizeText(earlier)} to ${sizeText(member)}` });
    }
  }
  for (const [name, member] of oldBefore) {
    if (newBefore.has(name)) continue;
    const stays = now.some((one) => one.path === name);
    pushes.push({
      member: name,
      bytes: -member.bits / 8,
      text: `${declared(member)} ${stays ? 'moved behind it' : 'was removed before it'}`,
    });
  }
  return pushes.sort((a, b) => Math.abs(b.bytes) - Math.abs(a.bytes));
}

const declared = ({ type, path }: Member): string => `${path} (${type})`;
const sizeText = ({ bits }: Member): string => (bits % 8 === 0 ? `${bits / 8} bytes` : `${bits} bits`);
