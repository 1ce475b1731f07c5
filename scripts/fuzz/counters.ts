// What of the sources an input ran: counters in the sources themselves. While a module of the packages is loaded, each function,
// branch, loop and default gets a counter of its own, a byte of one array. Reading them takes microseconds, so every input is
// looked at by itself; V8's own coverage takes 15 ms to ask. How often something ran counts too, roughly: once, twice, up to 7, up to 127.

import { registerHooks, stripTypeScriptTypes } from 'node:module';
import { parseAst } from 'rolldown/parseAst';

/** Bytes; the packages have some 30,000 places. */
const MOST_COUNTERS = 1 << 17;
const WHOLE = new Uint32Array(MOST_COUNTERS / 4);
const COUNTERS = new Uint8Array(WHOLE.buffer);
const NAME = '__btfqCounters';
let used = 0;

/** A node of the syntax tree, as ESTree has it. */
interface Node {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [key: string]: unknown;
}
interface Insert {
  readonly at: number;
  readonly text: string;
}

/** Modules of the packages that are loaded from now on count what they run. */
export function countModules(): void {
  Object.assign(globalThis, { [NAME]: COUNTERS });
  registerHooks({
    load(url, context, nextLoad) {
      const loaded = nextLoad(url, context);
      if (!/\/packages\/[^/]+\/src\/.*\.ts$/.test(url)) return loaded;
      const source = withCounters(stripTypeScriptTypes(String(new TextDecoder().decode(bytesOf(loaded.source)))));
      return { format: 'module', source, shortCircuit: true };
    },
  });
}

function bytesOf(source: unknown): Uint8Array {
  return typeof source === 'string' ? new TextEncoder().encode(source) : new Uint8Array(source as ArrayBuffer);
}

/** The same module with counters; lines stay where they are. */
function withCounters(source: string): string {
  const inserts: Insert[] = [];
  walk(parseAst(source) as unknown as Node, inserts);
  let text = `const __n = globalThis.${NAME}; `;
  let at = 0;
  for (const insert of inserts.map((one, i) => ({ ...one, i })).sort((a, b) => a.at - b.at || a.i - b.i)) {
    text += source.slice(at, insert.at) + insert.text;
    at = insert.at;
  }
  return text + source.slice(at);
}

function counter(): string {
  if (used >= MOST_COUNTERS) throw new Error('more places than counters');
  return `__n[${used++}]++`;
}

/** Children of a node that run only sometimes. */
const SOMETIMES: Readonly<Record<string, readonly string[]>> = {
  FunctionDeclaration: ['body'],
  FunctionExpression: ['body'],
  ArrowFunctionExpression: ['body'],
  IfStatement: ['consequent', 'alternate'],
  ForStatement: ['body'],
  ForInStatement: ['body'],
  ForOfStatement: ['body'],
  WhileStatement: ['body'],
  DoWhileStatement: ['body'],
  CatchClause: ['body'],
  ConditionalExpression: ['consequent', 'alternate'],
  LogicalExpression: ['right'],
  AssignmentPattern: ['right'],
};

function walk(node: Node, inserts: Insert[]): void {
  const counted = SOMETIMES[node.type] ?? [];
  if (node.type === 'SwitchCase') {
    const [first] = node['consequent'] as readonly Node[];
    // `case` takes a statement only where one follows; an empty one falls through into the next
    if (first !== undefined) inserts.push({ at: first.start, text: `${counter()};` });
  }
  for (const [key, value] of Object.entries(node)) {
    for (const child of Array.isArray(value) ? value : [value]) {
      if (typeof child?.type !== 'string') continue;
      const node = child as Node;
      if (!counted.includes(key)) walk(node, inserts);
      else if (node.type === 'BlockStatement') {
        inserts.push({ at: node.start + 1, text: `${counter()};` });
        walk(node, inserts);
      } else {
        const [open, close] = /Statement$/.test(node.type) ? [`{${counter()};`, '}'] : [`(${counter()},`, ')'];
        inserts.push({ at: node.start, text: open });
        walk(node, inserts);
        inserts.push({ at: node.end, text: close });
      }
    }
  }
}

/** A bit for each of: once, twice, three times, 4 to 7, 8 to 15, 16 to 31, 32 to 127, more. */
const BUCKETS = Uint8Array.from({ length: 256 }, (_, times) =>
  times < 4 ? (1 << times) >> 1 : times < 128 ? 1 << Math.min(6, Math.floor(Math.log2(times)) + 1) : 128,
);

/** What the inputs of a run ran. */
export class Coverage {
  private readonly seen = new Uint8Array(MOST_COUNTERS);
  /** Places that ran. */
  places = 0;

  /** Forgets what ran since the last question. */
  clear(): void {
    WHOLE.fill(0, 0, (used + 3) >> 2);
  }

  /** Whether something ran, or ran so often, for the first time since the last question; it is known from now on. */
  news(): 'place' | 'count' | undefined {
    let found: 'place' | 'count' | undefined;
    for (let word = (used + 3) >> 2; word >= 0; word--) {
      if (WHOLE[word] === 0) continue;
      for (let i = word * 4; i < word * 4 + 4; i++) {
        const bit = BUCKETS[COUNTERS[i]!]!;
        const before = this.seen[i]!;
        if ((before | bit) === before) continue;
        if (before === 0) {
          this.places++;
          found = 'place';
        }
        found ??= 'count';
        this.seen[i] = before | bit;
      }
    }
    this.clear();
    return found;
  }
}
