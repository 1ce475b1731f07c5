// What pushed a field: the members before it that came, went, grew or shrank between two layouts of its struct.
import { type LayoutField, type Member, membersOf, type Unfolded } from '../struct/members.ts';

/** A reason for which what follows moved: by so many bytes. */
export interface Push {
  readonly text: string;
  readonly bytes: number;
  readonly member: string;
}

/** A layout with what is unfolded of it. */
export interface Opened {
  readonly fields: readonly LayoutField[];
  readonly unfolded?: Unfolded;
}

/**
 * The reasons before `path` from one layout to the other, the largest first; what is left over is alignment. Where what holds a
 * nested field is unfolded on both sides, its neighbours in there are among them; else those of the member that holds it.
 */
export function pushersOf(before: Opened, after: Opened, path: string): Push[] {
  const [old, now] = [membersOf(before.fields, before.unfolded), membersOf(after.fields, after.unfolded)];
  const has = (members: readonly Member[], part: string) => members.some((one) => one.path === part);
  const spot = [path, ...holdersOf(path).toReversed()].find((part) => has(old, part) && has(now, part));
  const [oldSpot, newSpot] = [old.find((one) => one.path === spot), now.find((one) => one.path === spot)];
  if (oldSpot === undefined || newSpot === undefined) return [];
  // What holds it and stayed in place was pushed by nobody: then only its own members count.
  const from = holdersOf(path)
    .toReversed()
    .map((holder) => [startOf(old, holder), startOf(now, holder)])
    .find(([before, after]) => before !== undefined && before === after)?.[0];
  const pushing = (members: readonly Member[], until: number) =>
    new Map(members.filter(({ start }) => start < until && start >= (from ?? 0)).map((one) => [one.path, one]));
  const oldBefore = pushing(old, oldSpot.start);
  const newBefore = pushing(now, newSpot.start);
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

/** The members that a path goes through: `a` and `a.b` of `a.b.c`. */
export function holdersOf(path: string): string[] {
  const ends = [...path.matchAll(/[.[]/g)].map(({ index }) => index);
  return ends.map((end) => path.slice(0, end));
}

/** Where what is unfolded begins. */
function startOf(members: readonly Member[], holder: string): number | undefined {
  const inside = members.filter((one) => one.path.startsWith(`${holder}.`) || one.path.startsWith(`${holder}[`));
  return inside.length === 0 ? undefined : Math.min(...inside.map(({ start }) => start));
}

const declared = ({ type, path }: Member): string => `${path} (${type})`;
const sizeText = ({ bits }: Member): string => (bits % 8 === 0 ? `${bits / 8} bytes` : `${bits} bits`);
