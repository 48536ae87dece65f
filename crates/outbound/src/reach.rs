//! Where messages may go that people and administrators name addresses for: nowhere inside the network, unless the
//! configuration names the place. Otherwise anybody with an account could have this server ask its neighbours.

use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use ureq::http::Uri;
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::{DefaultConnector, NextTimeout};
use ureq::{Agent, Error};

use crate::agent::settings;

/// Longest address that is kept, in bytes: those of push services are a few hundred.
const URL_BYTES_MAX: usize = 2048;

/// The hosts of the push services that browsers use; a leading dot stands for every name below.
const PUSH_HOSTS: [&str; 5] = [
    "fcm.googleapis.com",
    "updates.push.services.mozilla.com",
    ".push.services.mozilla.com",
    ".notify.windows.com",
    ".push.apple.com",
];

/// Where messages may go.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Reach {
    private: BTreeSet<String>,
    push: Vec<String>,
}

/// Why nothing is sent to an address.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum InvalidDestination {
    /// It is no address, or one that is too long.
    #[error("is no address such as https://alerts.example.gov/hook")]
    NoUrl,
    /// Others could read what is sent.
    #[error("has to begin with https://")]
    NotPrivate,
    /// A name and a password stand in it.
    #[error("holds a name or a password: what is sent is signed instead")]
    HoldsSecret,
    /// It is inside a network.
    #[error("is inside a network: the server’s configuration has to name it under [telling]")]
    Inside,
    /// No push service that is known.
    #[error("is of no push service that the server’s configuration knows")]
    NoPushService,
}

impl Reach {
    /// Beside what is public: these hosts with their ports (`hooks.internal:8443`), also without TLS; and these hosts of push
    /// services.
    pub fn of(private: impl IntoIterator<Item = String>, push: Vec<String>) -> Self {
        let private = private.into_iter().map(|one| one.to_ascii_lowercase());
        Self { private: private.collect(), push }
    }

    /// Whether an address can be kept as one to which messages go.
    pub fn check(&self, url: &str) -> Result<(), InvalidDestination> {
        self.read(url).map(drop)
    }

    /// The same for a push service's address.
    pub fn check_push(&self, url: &str) -> Result<(), InvalidDestination> {
        let uri = self.read(url)?;
        let host = uri.host().unwrap_or_default().to_ascii_lowercase();
        let is_known = |known: &str| match known.strip_prefix('.') {
            Some(_) => host.ends_with(known),
            None => host == known,
        };
        let named = self.push.iter().map(String::as_str);
        if self.names(&uri) || PUSH_HOSTS.into_iter().chain(named).any(is_known) {
            return Ok(());
        }
        Err(InvalidDestination::NoPushService)
    }

    fn read(&self, url: &str) -> Result<Uri, InvalidDestination> {
        if url.len() > URL_BYTES_MAX || url.contains('#') || !url.is_ascii() {
            return Err(InvalidDestination::NoUrl);
        }
        let uri: Uri = url.parse().map_err(|_| InvalidDestination::NoUrl)?;
        let authority = uri.authority().ok_or(InvalidDestination::NoUrl)?;
        if authority.as_str().contains('@') {
            return Err(InvalidDestination::HoldsSecret);
        }
        let is_named = self.names(&uri);
        match uri.scheme_str() {
            Some("https") => {}
            Some("http") if is_named => {}
            Some("http") => return Err(InvalidDestination::NotPrivate),
            _ => return Err(InvalidDestination::NoUrl),
        }
        let bare = authority.host().trim_start_matches('[').trim_end_matches(']');
        let is_inside = match bare.parse::<IpAddr>() {
            Ok(address) => !is_public(address),
            // A name without a dot, and those that are kept for networks of one's own, are nobody's outside.
            Err(_) => {
                let host = bare.trim_end_matches('.').to_ascii_lowercase();
                let kept = [".local", ".localhost", ".internal", ".home.arpa", ".lan"];
                !host.contains('.') || kept.iter().any(|end| host.ends_with(end))
            }
        };
        if is_inside && !is_named {
            return Err(InvalidDestination::Inside);
        }
        Ok(uri)
    }

    /// Whether the configuration names the host and port of an address.
    fn names(&self, uri: &Uri) -> bool {
        host_and_port(uri).is_some_and(|named| self.private.contains(&named))
    }

    /// One who asks there, and waits so long for a whole answer.
    pub(crate) fn agent(&self, timeout: Duration) -> Agent {
        let resolver = Guarded { reach: self.clone(), inner: DefaultResolver::default() };
        Agent::with_parts(settings(timeout).build(), DefaultConnector::default(), resolver)
    }
}

fn host_and_port(uri: &Uri) -> Option<String> {
    let port = uri.port_u16().or(match uri.scheme_str()? {
        "https" => Some(443),
        "http" => Some(80),
        _ => None,
    })?;
    Some(format!("{}:{port}", uri.host()?.to_ascii_lowercase()))
}

/// Looks names up, and forgets every answer that lies inside a network: a name can be given another address after it was checked.
#[derive(Debug)]
struct Guarded {
    reach: Reach,
    inner: DefaultResolver,
}

impl Resolver for Guarded {
    fn resolve(
        &self,
        uri: &Uri,
        config: &ureq::config::Config,
        timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, Error> {
        let found = self.inner.resolve(uri, config, timeout)?;
        if self.reach.names(uri) {
            return Ok(found);
        }
        let mut public = self.inner.empty();
        for address in found.iter().filter(|address| is_public(SocketAddr::ip(address))) {
            public.push(*address);
        }
        if public.is_empty() {
            return Err(Error::Other(Box::new(InvalidDestination::Inside)));
        }
        Ok(public)
    }
}

/// Whether an address is one of the internet's (IANA's registries of special-purpose addresses).
fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(four) => is_public_v4(four),
        IpAddr::V6(six) => is_public_v6(six),
    }
}

fn is_public_v4(four: Ipv4Addr) -> bool {
    let [a, b, c, _] = four.octets();
    !(a == 0
        || a >= 224
        || four.is_loopback()
        || four.is_private()
        || four.is_link_local()
        || four.is_documentation()
        || (a == 100 && (64..128).contains(&b))
        || (a == 192 && b == 0 && c == 0)
        || (a == 192 && b == 88 && c == 99)
        || (a == 198 && (18..20).contains(&b)))
}

fn is_public_v6(six: Ipv6Addr) -> bool {
    if let Some(four) = six.to_ipv4_mapped() {
        return is_public_v4(four);
    }
    let [a, b, ..] = six.segments();
    // Global unicast alone, without what is for protocols (2001::/23 with Teredo), documentation and 6to4.
    a & 0xe000 == 0x2000
        && !(a == 0x2001 && b < 0x0200)
        && !(a == 0x2001 && b == 0x0db8)
        && a != 0x2002
        && !(a == 0x3fff && b < 0x1000)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn reach() -> Reach {
        Reach::of(["Hooks.internal:8443".to_owned(), "127.0.0.1:9000".to_owned()], Vec::new())
    }

    #[test]
    fn only_what_is_outside_or_named_can_be_an_address() {
        for good in [
            "https://alerts.example.gov/hook",
            "https://alerts.example.gov:8443/hook?x=1",
            "https://8.8.8.8/hook",
            "https://hooks.internal:8443/",
            "http://127.0.0.1:9000/hook",
        ] {
            assert_eq!(reach().check(good), Ok(()), "{good}");
        }
        for (bad, why) in [
            ("http://alerts.example.gov/hook", InvalidDestination::NotPrivate),
            ("ftp://alerts.example.gov/hook", InvalidDestination::NoUrl),
            ("https://me:secret@alerts.example.gov/", InvalidDestination::HoldsSecret),
            ("https://alerts.example.gov/#part", InvalidDestination::NoUrl),
            ("/hook", InvalidDestination::NoUrl),
            ("", InvalidDestination::NoUrl),
            ("https://10.0.0.1/", InvalidDestination::Inside),
            ("https://127.0.0.1:9001/", InvalidDestination::Inside),
            ("https://169.254.169.254/latest/meta-data", InvalidDestination::Inside),
            ("https://[::1]/", InvalidDestination::Inside),
            ("https://[::ffff:10.0.0.1]/", InvalidDestination::Inside),
            ("https://[fd00::1]/", InvalidDestination::Inside),
            ("https://localhost/", InvalidDestination::Inside),
            ("https://printer.local/", InvalidDestination::Inside),
            ("https://hooks.internal/", InvalidDestination::Inside),
        ] {
            assert_eq!(reach().check(bad), Err(why), "{bad}");
        }
    }

    #[test]
    fn messages_are_pushed_through_known_services_alone() {
        let push = |url: &str| reach().check_push(url);
        assert_eq!(push("https://fcm.googleapis.com/fcm/send/abc"), Ok(()));
        assert_eq!(push("https://web.push.apple.com/abc"), Ok(()));
        assert_eq!(push("http://127.0.0.1:9000/abc"), Ok(()));
        let stranger = push("https://fcm.googleapis.com.evil.example/abc");
        assert_eq!(stranger, Err(InvalidDestination::NoPushService));
        assert_eq!(push("https://push.apple.com.evil.example/"), stranger);
        let own = Reach::of([], vec!["push.example.gov".to_owned()]);
        assert_eq!(own.check_push("https://push.example.gov/abc"), Ok(()));
    }

    #[test]
    fn a_name_that_leads_inside_is_not_followed() {
        // Known by the machine itself: the check of the address's words is passed by, as by a name that changed since.
        let asked =
            Reach::default().agent(Duration::from_secs(2)).get("http://localhost:9/").call();
        let err = asked.err().map(|err| err.to_string()).unwrap_or_default();
        assert!(err.contains("inside a network"), "{err}");
    }

    proptest! {
        #[test]
        fn any_text_is_taken_or_refused(text in any::<String>(), rest in "[ -~]{0,40}") {
            for url in [text, format!("https://{rest}"), format!("https://a.example/{rest}")] {
                if reach().check(&url).is_ok() {
                    let uri: Uri = url.parse().unwrap();
                    prop_assert!(uri.host().is_some_and(|host| !host.is_empty()));
                }
            }
        }

        #[test]
        fn no_private_address_is_public(b in any::<u8>(), c in any::<u8>(), d in any::<u8>()) {
            for address in [
                Ipv4Addr::new(10, b, c, d), Ipv4Addr::new(127, b, c, d), Ipv4Addr::new(192, 168, c, d),
                Ipv4Addr::new(172, 16 + b % 16, c, d), Ipv4Addr::new(169, 254, c, d), Ipv4Addr::new(0, b, c, d),
            ] {
                prop_assert!(!is_public(IpAddr::V4(address)));
                prop_assert!(!is_public(IpAddr::V6(address.to_ipv6_mapped())));
            }
        }
    }
}
