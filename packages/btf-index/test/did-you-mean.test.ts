import { expect, test } from 'vitest';
import { nearWords } from '../src/query/did-you-mean.ts';

const NAMES = ['nft_hash', 'nft_rhash', 'tcf_chain', 'nft_chain_type', 'nft_chain_hook', 'bpf_nft_chain', 'nft_chains'];

test.each([
  [
    'names that begin with it come first, the shortest before others',
    'nft_chain',
    ['nft_chains', 'nft_chain_hook', 'nft_chain_type'],
  ],
  [
    'then those that have it inside, then those that differ in letters',
    'ft_chain',
    ['nft_chains', 'bpf_nft_chain', 'nft_chain_hook'],
  ],
  ['a mistake is a part of no name', 'nft_hahs', ['nft_hash', 'nft_rhash']],
  ['upper case is no difference', 'NFT_HASH', ['nft_hash', 'nft_rhash']],
  ['two letters are a part of too many names', 'nf', []],
])('%s: %s', (_, asked, near) => {
  expect(nearWords(asked, NAMES)).toEqual(near);
});
