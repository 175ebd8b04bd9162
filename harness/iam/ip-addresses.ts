import { BlockList, isIPv4, isIPv6 } from "node:net";

export type IpRange = (address: string) => boolean | undefined;

/** Reads an address or CIDR range of either family; an address alone is a range of one. The test answers `undefined`
 * for a text that is no address. */
export function parseIpRange(text: string): IpRange | undefined {
  const [network = "", prefix, ...rest] = text.split("/");
  const family = familyOf(network);
  if (family === undefined || rest.length > 0) return undefined;
  const longest = family === "ipv4" ? 32 : 128;
  if (prefix !== undefined && !(/^\d{1,3}$/.test(prefix) && Number(prefix) <= longest)) return undefined;
  const range = new BlockList();
  range.addSubnet(network, prefix === undefined ? longest : Number(prefix), family);
  return (address) => {
    const asked = familyOf(address);
    if (asked === undefined) return undefined;
    // BlockList takes an IPv4 address for its mapped form, which `::/0` would hold.
    return (family === "ipv4" || asked === "ipv6") && range.check(address, asked);
  };
}

/** Addresses with a zone (`fe80::1%eth0`) mean something on one machine only, so IAM has no such thing. */
function familyOf(address: string): "ipv4" | "ipv6" | undefined {
  if (isIPv4(address)) return "ipv4";
  return isIPv6(address) && !address.includes("%") ? "ipv6" : undefined;
}
