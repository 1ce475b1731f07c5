// The texts of a large table in C, squeezed, and the code that reads them back. A small table has its texts as they are: they
// can be read, and a new kernel changes some lines of a committed header and not all of them.

import { digitsOfBytes } from '../squeeze/digits.ts';
import { squeeze } from '../squeeze/squeeze.ts';
import { EVEN, MOVE_BITS, PLACE, PLACES, SCALE_BITS, SHORTEST } from '../squeeze/steps.ts';
import { DIGITS } from '../table/digits.ts';
import type { PackedTable } from '../table/pack.ts';
import { textLines } from './names.ts';

/** Texts that are longer together are squeezed. */
const PLAIN_BYTES = 12_000;
/** As long as C's compilers must take. */
const LINE = 4000;

/** C for the lists of variants, rows and kernels. */
export interface ListsInC {
  readonly code: string;
  /** A statement before their first use in a function. */
  readonly open: string;
}

/** The lists squeezed, or undefined where they are small. `p` is what names begin with. */
export function squeezedLists(p: string, { variants, rows, kernels }: PackedTable): ListsInC | undefined {
  const lists = [variants, rows, kernels];
  const bytes = new TextEncoder().encode(
    lists
      .flat()
      .map((text) => `${text}\n`)
      .join(''),
  );
  if (bytes.length <= PLAIN_BYTES) return undefined;
  const squeezed = digitsOfBytes(squeeze(bytes));
  const texts = [`${variants.length} ${rows.length} ${kernels.length} ${bytes.length}`];
  for (let at = 0; at < squeezed.length; at += LINE) texts.push(squeezed.slice(at, at + LINE));
  const places = Object.entries(PLACE).map(([name, place]) => `${p}_at_${name.toLowerCase()} = ${place}`);
  const code = `/* table:squeezed */
static const char *const ${p}_squeezed[] = {
${textLines(texts, '\t')}	NULL,
};
/* table:end */
static char ${p}_text[${bytes.length}];
static const char *${p}_variants[${variants.length + 1}], *${p}_rows[${rows.length + 1}], *${p}_kernels[${kernels.length + 1}];

/* Where the odds of each choice begin: of flags, lengths, distances and bytes. */
enum { ${places.join(', ')} };

struct ${p}_reader {
	const char *const *line; /* six bits a digit */
	const char *digit;
	uint32_t bits, bit_count, range, code;
	uint16_t *odds;
};

static uint32_t ${p}_byte(struct ${p}_reader *r)
{
	static const char digits[] = "${DIGITS}";

	while (r->bit_count < 8) {
		while (*r->line && !*r->digit)
			r->digit = *++r->line ? *r->line : "";
		r->bits = r->bits << 6 | (*r->digit ? (uint32_t)((strchr)(digits, *r->digit++) - digits) : 0);
		r->bit_count += 6;
	}
	r->bit_count -= 8;
	return r->bits >> r->bit_count & 255;
}

/* One bit, by its odds, which it moves: the range coder of LZMA. */
static uint32_t ${p}_bit(struct ${p}_reader *r, uint32_t place)
{
	uint16_t *odds = &r->odds[place];
	uint32_t part = (r->range >> ${SCALE_BITS}) * *odds, bit = r->code >= part;

	if (bit) {
		r->code -= part;
		r->range -= part;
		*odds = (uint16_t)(*odds - (*odds >> ${MOVE_BITS}));
	} else {
		r->range = part;
		*odds = (uint16_t)(*odds + ((${1 << SCALE_BITS} - *odds) >> ${MOVE_BITS}));
	}
	for (; r->range < 1u << 24; r->range <<= 8)
		r->code = r->code << 8 | ${p}_byte(r);
	return bit;
}

static uint32_t ${p}_tree(struct ${p}_reader *r, uint32_t place, uint32_t bits)
{
	uint32_t node = 1, i;

	for (i = 0; i < bits; i++)
		node = node << 1 | ${p}_bit(r, place + node);
	return node - (1u << bits);
}

static void ${p}_unsqueeze(void)
{
	static uint16_t odds[${PLACES}];
	struct ${p}_reader r = { ${p}_squeezed + 1, ${p}_squeezed[1], 0, 0, 0xffffffffu, 0, odds };
	uint32_t at, flags = 0, copy, repeats, i, n, distance = 0;
	const char **const lists[] = { ${p}_variants, ${p}_rows, ${p}_kernels };
	const uint32_t counts[] = { ${lists.map((list) => list.length).join(', ')} };
	char *text = ${p}_text;

	for (i = 0; i < ${PLACES}; i++)
		odds[i] = ${EVEN};
	for (i = 0; i < 4; i++)
		r.code = r.code << 8 | ${p}_byte(&r);
	for (at = 0; at < sizeof(${p}_text); flags = (flags << 1 | copy) & 3) {
		copy = ${p}_bit(&r, ${p}_at_flag + flags);
		if (!copy) {
			i = at ? (unsigned char)text[at - 1] & 127u : 0;
			text[at++] = (char)${p}_tree(&r, ${p}_at_byte + i * 256, 8);
			continue;
		}
		repeats = ${p}_bit(&r, ${p}_at_repeat + flags);
		if (!repeats) {
			n = ${p}_tree(&r, ${p}_at_distancebits, 5);
			for (distance = 1, i = n; i-- > 0;)
				distance = distance << 1 | ${p}_bit(&r, ${p}_at_distance + n * 32 + i);
		}
		n = ${SHORTEST} + ${p}_tree(&r, repeats ? ${p}_at_repeatlength : ${p}_at_length, 8);
		for (; n && at < sizeof(${p}_text) && distance <= at; n--, at++)
			text[at] = text[at - distance];
	}
	for (i = 0; i < 3; i++)
		for (n = 0; n < counts[i]; n++) {
			lists[i][n] = text;
			text += strcspn(text, "\\n");
			*text++ = 0;
		}
}

/* Reads the texts back at their first use; threads that come meanwhile wait. */
static void ${p}_open(void)
{
	static int state;
	int fresh = 0;

	if (__atomic_load_n(&state, __ATOMIC_ACQUIRE) == 2)
		return;
	if (__atomic_compare_exchange_n(&state, &fresh, 1, 0, __ATOMIC_ACQUIRE, __ATOMIC_ACQUIRE)) {
		${p}_unsqueeze();
		__atomic_store_n(&state, 2, __ATOMIC_RELEASE);
	}
	while (__atomic_load_n(&state, __ATOMIC_ACQUIRE) != 2)
		;
}
`;
  return { code, open: `\t${p}_open();\n` };
}
