import { BlockList, isIP } from 'node:net';

/** Addresses and networks that a setting names. */
export class Networks {
  private readonly list = new BlockList();

  /** @param networks as `isNetwork` accepts them */
  constructor(networks: readonly string[]) {
    for (const network of networks) {
      const [address, bits] = network.split('/') as [string, string | undefined];
      if (bits === undefined) this.list.addAddress(address, familyOf(address));
      else this.list.addSubnet(address, Number(bits), familyOf(address));
    }
  }

  includes(address: string | undefined): boolean {
    return address !== undefined && isIP(address) !== 0 && this.list.check(address, familyOf(address));
  }
}

/** Whether the text is an address of IPv4 or IPv6, alone or with the length of a prefix. */
export function isNetwork(text: string): boolean {
  const [address, bits, ...rest] = text.split('/') as [string, string | undefined, ...string[]];
  const family = isIP(address);
  if (family === 0 || rest.length > 0) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128));
}

const familyOf = (address: string): 'ipv4' | 'ipv6' => (isIP(address) === 4 ? 'ipv4' : 'ipv6');
