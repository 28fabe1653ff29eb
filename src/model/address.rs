//! Which addresses lie on the public Internet.
//!
//! The tables are those of IANA's registries of special-purpose addresses
//! (`iana-ipv4-special-registry`, `iana-ipv6-special-registry`, RFC 6890): the blocks that are not
//! "Globally Reachable", and multicast.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// A block and the length of its prefix.
type Block<A> = (A, u32);

#[rustfmt::skip]
const NOT_GLOBAL_V4: &[Block<Ipv4Addr>] = &[
    (Ipv4Addr::UNSPECIFIED, 8),             // "this network", RFC 791 §3.2
    (Ipv4Addr::new(10, 0, 0, 0), 8),      // private use, RFC 1918
    (Ipv4Addr::new(100, 64, 0, 0), 10),   // shared by carriers and clouds, RFC 6598
    (Ipv4Addr::new(127, 0, 0, 0), 8),     // loopback, RFC 1122 §3.2.1.3
    (Ipv4Addr::new(169, 254, 0, 0), 16),  // link-local, RFC 3927
    (Ipv4Addr::new(172, 16, 0, 0), 12),   // private use, RFC 1918
    (Ipv4Addr::new(192, 0, 0, 0), 24),    // protocol assignments, RFC 6890 §2.1
    (Ipv4Addr::new(192, 0, 2, 0), 24),    // documentation, RFC 5737
    (Ipv4Addr::new(192, 168, 0, 0), 16),  // private use, RFC 1918
    (Ipv4Addr::new(198, 18, 0, 0), 15),   // benchmarks, RFC 2544
    (Ipv4Addr::new(198, 51, 100, 0), 24), // documentation, RFC 5737
    (Ipv4Addr::new(203, 0, 113, 0), 24),  // documentation, RFC 5737
    (Ipv4Addr::new(224, 0, 0, 0), 4),     // multicast, RFC 5771
    (Ipv4Addr::new(240, 0, 0, 0), 4),     // reserved, and broadcast, RFC 1112 §4
];

#[rustfmt::skip]
const NOT_GLOBAL_V6: &[Block<Ipv6Addr>] = &[
    (Ipv6Addr::UNSPECIFIED, 96),                             // unspecified, ::1, and compatible (RFC 4291 §2.5.5.1)
    (Ipv6Addr::new(0x64, 0xff9b, 1, 0, 0, 0, 0, 0), 48),     // local translation, RFC 8215
    (Ipv6Addr::new(0x100, 0, 0, 0, 0, 0, 0, 0), 64),         // discard-only, RFC 6666
    (Ipv6Addr::new(0x100, 0, 0, 1, 0, 0, 0, 0), 64),         // dummy prefix, RFC 9780
    (Ipv6Addr::new(0x2001, 0, 0, 0, 0, 0, 0, 0), 23),        // protocol assignments, RFC 2928
    (Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 0), 32),    // documentation, RFC 3849
    (Ipv6Addr::new(0x3fff, 0, 0, 0, 0, 0, 0, 0), 20),        // documentation, RFC 9637
    (Ipv6Addr::new(0x5f00, 0, 0, 0, 0, 0, 0, 0), 16),        // segment routing, RFC 9602
    (Ipv6Addr::new(0xfc00, 0, 0, 0, 0, 0, 0, 0), 7),         // unique local, RFC 4193
    (Ipv6Addr::new(0xfe80, 0, 0, 0, 0, 0, 0, 0), 10),        // link-local, RFC 4291
    (Ipv6Addr::new(0xfec0, 0, 0, 0, 0, 0, 0, 0), 10),        // site-local, RFC 3879: still routed by some
    (Ipv6Addr::new(0xff00, 0, 0, 0, 0, 0, 0, 0), 8),         // multicast, RFC 4291
];

/// Parts of the blocks above that are globally reachable all the same.
#[rustfmt::skip]
const GLOBAL_V4: &[Block<Ipv4Addr>] = &[
    (Ipv4Addr::new(192, 0, 0, 9), 32),  // Port Control Protocol, RFC 7723
    (Ipv4Addr::new(192, 0, 0, 10), 32), // TURN, RFC 8155
];

#[rustfmt::skip]
const GLOBAL_V6: &[Block<Ipv6Addr>] = &[
    (Ipv6Addr::new(0x2001, 1, 0, 0, 0, 0, 0, 1), 128),      // Port Control Protocol, RFC 7723
    (Ipv6Addr::new(0x2001, 1, 0, 0, 0, 0, 0, 2), 128),      // TURN, RFC 8155
    (Ipv6Addr::new(0x2001, 1, 0, 0, 0, 0, 0, 3), 128),      // DNS-SD service registration, RFC 9665
    (Ipv6Addr::new(0x2001, 3, 0, 0, 0, 0, 0, 0), 32),       // AMT, RFC 7450
    (Ipv6Addr::new(0x2001, 4, 0x112, 0, 0, 0, 0, 0), 48),   // AS112, RFC 7535
    (Ipv6Addr::new(0x2001, 0x20, 0, 0, 0, 0, 0, 0), 28),    // ORCHIDv2, RFC 7343
    (Ipv6Addr::new(0x2001, 0x30, 0, 0, 0, 0, 0, 0), 28),    // drone remote ID, RFC 9374
];

/// Whether an address lies on the public Internet. One that carries an IPv4 address is as public as
/// that one, since it leads there.
#[must_use]
pub fn is_global(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => !is_in(address, NOT_GLOBAL_V4) || is_in(address, GLOBAL_V4),
        IpAddr::V6(address) => match embedded_v4(address) {
            Some(inner) => is_global(IpAddr::V4(inner)),
            None => !is_in(address, NOT_GLOBAL_V6) || is_in(address, GLOBAL_V6),
        },
    }
}

/// The IPv4 address that a translator, a tunnel or the system itself takes out of an IPv6 address:
/// IPv4-mapped (RFC 4291 §2.5.5.2), IPv4-compatible (§2.5.5.1), IPv4-translated (RFC 2765 §2.1),
/// NAT64 (RFC 6052 §2.1), 6to4 (RFC 3056 §2) and Teredo (RFC 4380 §4).
#[must_use]
pub(super) fn embedded_v4(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let pair = |high: u16, low: u16| Ipv4Addr::from((u32::from(high) << 16) | u32::from(low));
    match address.segments() {
        // `::` and `::1` are addresses of their own.
        [0, 0, 0, 0, 0, 0, 0, 0 | 1] => None,
        [0, 0, 0, 0, 0, 0 | 0xffff, high, low]
        | [0, 0, 0, 0, 0xffff, 0, high, low]
        | [0x64, 0xff9b, 0, 0, 0, 0, high, low]
        | [0x2002, high, low, ..] => Some(pair(high, low)),
        [0x2001, 0, _, _, _, _, high, low] => Some(pair(!high, !low)),
        _ => None,
    }
}

/// An address as a number with its width.
trait Bits: Copy {
    const WIDTH: u32;
    fn number(self) -> u128;
}

impl Bits for Ipv4Addr {
    const WIDTH: u32 = 32;
    fn number(self) -> u128 {
        u128::from(self.to_bits())
    }
}

impl Bits for Ipv6Addr {
    const WIDTH: u32 = 128;
    fn number(self) -> u128 {
        self.to_bits()
    }
}

fn is_in<A: Bits>(address: A, blocks: &[Block<A>]) -> bool {
    blocks.iter().any(|(block, prefix)| {
        // A prefix of no bits would shift by the whole width.
        let host_bits = A::WIDTH - prefix;
        address.number().checked_shr(host_bits) == block.number().checked_shr(host_bits)
    })
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use super::is_global;

    /// The first and the last of each block, and their neighbours.
    #[rustfmt::skip]
    const INSIDE: &[&str] = &[
        "0.0.0.0", "0.255.255.255", "10.0.0.0", "10.255.255.255", "100.64.0.0", "100.127.255.255",
        "127.0.0.1", "127.255.255.255", "169.254.0.1", "172.16.0.0", "172.31.255.255", "192.0.0.1",
        "192.0.0.170", "192.0.2.1", "192.168.255.255", "198.18.0.0", "198.19.255.255",
        "198.51.100.7", "203.0.113.7", "224.0.0.1", "240.0.0.1", "255.255.255.255",
        "::", "::1", "::2", "fc00::1", "fdff::1", "fe80::1", "febf::1", "fec0::1", "feff::1",
        "ff02::1", "2001:db8::1", "3fff::1", "3fff:fff::1", "5f00::1", "100::1", "100:0:0:1::1",
        "64:ff9b:1::1", "2001:2::1", "2001:1::4",
        // One IPv4 address inside, by each way that leads to it.
        "::ffff:10.0.0.1", "::ffff:127.0.0.1", "::ffff:100.64.0.1", "::127.0.0.1", "::10.0.0.1",
        "::ffff:0:10.0.0.1", "64:ff9b::10.0.0.1", "64:ff9b::169.254.169.254", "2002:a00:1::1",
        "2002:7f00:1::", "2002:c0a8:101::1", "2001:0:4136:e378:8000:63bf:f5ff:fffe",
    ];

    #[rustfmt::skip]
    const PUBLIC: &[&str] = &[
        "1.1.1.1", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "126.255.255.255",
        "128.0.0.1", "169.253.255.255", "172.15.255.255", "172.32.0.0", "192.0.0.9", "192.0.0.10",
        "192.0.1.0", "192.167.255.255", "192.169.0.0", "198.17.255.255", "198.20.0.0",
        "223.255.255.255",
        "2606:4700::1111", "2001:4860:4860::8888", "2001:1::1", "2001:3::1", "2001:20::1",
        "2001:200::1", "2400::1", "fbff::1", "3ffe::1",
        "::ffff:1.1.1.1", "64:ff9b::1.1.1.1", "2002:101:101::1",
    ];

    #[test]
    fn the_inside_is_the_inside_in_every_spelling() {
        for (addresses, expected) in [(INSIDE, false), (PUBLIC, true)] {
            for text in addresses {
                let address: IpAddr = text.parse().unwrap();
                assert_eq!(is_global(address), expected, "{text}");
            }
        }
    }
}
