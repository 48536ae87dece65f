//! Which addresses are asked: those of this machine and its own networks only where the configuration says so.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use ureq::config::Config;
use ureq::http::Uri;
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::NextTimeout;

/// Whether an address lies outside: no loopback, private, shared, link-local, multicast or reserved one.
pub(super) fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(four) => is_public_four(four),
        IpAddr::V6(six) => match six.to_ipv4_mapped() {
            Some(four) => is_public_four(four),
            // Only 2000::/3 is given out; of it, 6to4 and NAT64 hold addresses of the fourth version.
            None => {
                let [first, second, ..] = six.segments();
                let [.., high, low] = six.segments();
                let inner = |high: u16, low: u16| {
                    let ([a, b], [c, d]) = (high.to_be_bytes(), low.to_be_bytes());
                    Ipv4Addr::new(a, b, c, d)
                };
                match first {
                    0x2002 => is_public_four(inner(second, six.segments()[2])),
                    0x64 if second == 0xff9b => is_public_four(inner(high, low)),
                    _ => first & 0xe000 == 0x2000,
                }
            }
        },
    }
}

fn is_public_four(four: Ipv4Addr) -> bool {
    let [a, b, ..] = four.octets();
    let shared = a == 100 && (64..128).contains(&b);
    let reserved = a == 0 || a >= 240;
    let benchmark = a == 198 && (b == 18 || b == 19);
    !(four.is_private()
        || four.is_loopback()
        || four.is_link_local()
        || four.is_multicast()
        || shared
        || reserved
        || benchmark)
}

/// Looks names up, and leaves out the addresses that are not to be asked: what is looked up is what is connected to.
#[derive(Debug)]
pub(super) struct Outside {
    pub(super) private_too: bool,
}

/// What is said where a name has no other addresses.
pub(super) const ALL_PRIVATE: &str = "its address is of this machine or a private network; say private_addresses = true if that is meant";

impl Resolver for Outside {
    fn resolve(
        &self,
        uri: &Uri,
        config: &Config,
        timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, ureq::Error> {
        let all = DefaultResolver::default().resolve(uri, config, timeout)?;
        if self.private_too {
            return Ok(all);
        }
        let mut outside = self.empty();
        all.iter().filter(|address| is_public(address.ip())).for_each(|one| outside.push(*one));
        if outside.is_empty() {
            let kind = std::io::ErrorKind::PermissionDenied;
            return Err(ureq::Error::Io(std::io::Error::new(kind, ALL_PRIVATE)));
        }
        Ok(outside)
    }
}

/// The same for a host and port that are looked up without HTTP.
pub(super) async fn look_up(
    host: &str,
    port: u16,
    private_too: bool,
) -> std::io::Result<Vec<SocketAddr>> {
    let all = tokio::net::lookup_host((host, port)).await?;
    let outside: Vec<_> = all.filter(|one| private_too || is_public(one.ip())).collect();
    if outside.is_empty() {
        return Err(std::io::Error::new(std::io::ErrorKind::PermissionDenied, ALL_PRIVATE));
    }
    Ok(outside)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_this_machine_and_its_networks_are_not_outside() {
        for inside in [
            "127.0.0.1",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",
            "224.0.0.1",
            "255.255.255.255",
            "198.18.0.1",
            "::1",
            "::",
            "fe80::1",
            "fc00::1",
            "fd12::1",
            "::ffff:10.0.0.1",
            "ff02::1",
            "2002:a00:1::",
            "64:ff9b::a00:1",
        ] {
            assert!(!is_public(inside.parse().unwrap()), "{inside}");
        }
        for outside in
            ["8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808", "2002:808:808::"]
        {
            assert!(is_public(outside.parse().unwrap()), "{outside}");
        }
    }
}
