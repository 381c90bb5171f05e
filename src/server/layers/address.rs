//! Where a request comes from: the peer of its connection or, where that is a proxy the operator trusts, whom it speaks for.
//!
//! `X-Forwarded-For` is believed from right to left, as long as the speaker is one of `server.trusted_proxies`; what stands
//! further left was written by whoever asked. Without trusted proxies nothing of it is believed. It serves limits only, never access.

use crate::server::state::App;
use axum::extract::{ConnectInfo, Request};
use http::HeaderMap;
use ipnet::IpNet;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::sync::Once;

const FORWARDED_FOR: &str = "x-forwarded-for";

/// More entries than a chain of proxies ever has are not read.
const MOST_ENTRIES: usize = 32;

/// Whoever runs the server is told once that a proxy was forgotten.
static FORGOTTEN: Once = Once::new();

/// An extension of every request. None: nobody can say who it is, as the connection comes from this very machine, or from a proxy nearby
/// that the operator has not named.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ClientAddress(pub Option<IpAddr>);

impl ClientAddress {
    /// The networks it counts for: itself, or the /64 that one subscriber has under IPv6; and the neighbourhood around it.
    #[must_use]
    pub fn networks(self) -> Option<(IpNet, IpNet)> {
        let of = |address, length| IpNet::new(address, length).ok().map(|network| network.trunc());
        let address = self.0?;
        let (own, around) = if address.is_ipv4() { (32, 24) } else { (64, 48) };
        Some((of(address, own)?, of(address, around)?))
    }
}

/// Notes it for whoever counts.
pub fn note(app: &App, request: &mut Request) {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|peer| peer.0.ip());
    let trusted = &app.settings.server.trusted_proxies;
    let address = client(peer, request.headers(), trusted);
    if peer.is_some_and(|peer| is_forgotten(peer, request.headers(), trusted)) {
        FORGOTTEN.call_once(|| {
            tracing::warn!(
                "a proxy on this machine or in a private network speaks for others, and server.trusted_proxies does not name it: until it \
                 does there are no limits per address, those on sign-ups among them"
            );
        });
    }
    request.extensions_mut().insert(address);
}

/// The address of whoever asked, as far as it can be trusted.
#[must_use]
pub fn client(peer: Option<IpAddr>, headers: &HeaderMap, trusted: &[IpNet]) -> ClientAddress {
    let Some(mut address) = peer.map(|peer| peer.to_canonical()) else { return ClientAddress(None) };
    // Everybody behind it would have one address, and one visitor's wrong passwords would keep all the others waiting.
    if is_forgotten(address, headers, trusted) {
        return ClientAddress(None);
    }
    let entries = headers.get_all(FORWARDED_FOR).iter().rev();
    let entries = entries.flat_map(|line| line.to_str().unwrap_or("?").rsplit(',')).take(MOST_ENTRIES);
    for entry in entries {
        if !is_named(address, trusted) {
            break;
        }
        // What cannot be read stands for nobody: then it is the proxy that counts.
        let Some(before) = read(entry) else { break };
        address = before;
    }
    ClientAddress(Some(address).filter(|address| !address.is_loopback()))
}

/// Whether a peer is a proxy that the operator seems to have forgotten. On this very machine there is hardly another kind of peer; in a
/// network around it only who has named none can have forgotten one, and a neighbour may be a visitor who says so.
fn is_forgotten(peer: IpAddr, headers: &HeaderMap, trusted: &[IpNet]) -> bool {
    let peer = peer.to_canonical();
    let may_be = peer.is_loopback() || trusted.is_empty() && is_nearby(peer);
    may_be && !is_named(peer, trusted) && headers.contains_key(FORWARDED_FOR)
}

/// Whether the operator trusts it to speak for others.
fn is_named(address: IpAddr, trusted: &[IpNet]) -> bool {
    trusted.iter().any(|network| network.contains(&address))
}

/// In a network that is not the public one (RFC 1918, 3927, 4193, 4291, 6598), as proxies in containers are.
fn is_nearby(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => {
            let [first, second, ..] = address.octets();
            address.is_private() || address.is_link_local() || (first == 100 && second & 0b1100_0000 == 64)
        }
        IpAddr::V6(address) => address.is_unique_local() || address.is_unicast_link_local(),
    }
}

/// An address as proxies write it, with or without a port.
fn read(text: &str) -> Option<IpAddr> {
    let text = text.trim();
    let bracketed = || text.strip_prefix('[')?.strip_suffix(']')?.parse::<Ipv6Addr>().ok().map(IpAddr::V6);
    let with_port = || text.parse::<SocketAddr>().ok().map(|address| address.ip());
    text.parse::<IpAddr>().ok().or_else(bracketed).or_else(with_port).map(|address| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    const NONE: &[&str] = &[];

    fn found(peer: &str, lines: &[&str], trusted: &[&str]) -> Option<String> {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(FORWARDED_FOR, http::HeaderValue::from_bytes(line.as_bytes()).unwrap());
        }
        let trusted: Vec<IpNet> = trusted.iter().map(|network| network.parse().unwrap()).collect();
        client(Some(peer.parse().unwrap()), &headers, &trusted).0.map(|address| address.to_string())
    }

    #[test]
    fn without_trusted_proxies_the_header_is_not_looked_at() {
        for lines in [NONE, &["203.0.113.9"], &["203.0.113.9, 198.51.100.1"], &["nonsense"]] {
            assert_eq!(found("192.0.2.1", lines, NONE).as_deref(), Some("192.0.2.1"), "{lines:?}");
        }
        assert_eq!(found("192.0.2.1", &["203.0.113.9"], &["10.0.0.0/8"]).as_deref(), Some("192.0.2.1"));
    }

    #[test]
    fn a_proxy_is_believed_and_what_stands_left_of_the_client_is_not() {
        let trusted = &["10.0.0.0/8", "2001:db8::/32"];
        for (peer, lines, expected) in [
            ("10.0.0.1", &["203.0.113.9"][..], "203.0.113.9"),
            ("10.0.0.1", &["198.51.100.1, 203.0.113.9"], "203.0.113.9"),
            ("10.0.0.1", &["198.51.100.1", "203.0.113.9"], "203.0.113.9"),
            // A chain of two proxies.
            ("10.0.0.1", &["198.51.100.1, 203.0.113.9, 10.0.0.2"], "203.0.113.9"),
            ("10.0.0.1", &["203.0.113.9", " 10.0.0.2:4711 "], "203.0.113.9"),
            ("10.0.0.1", &["203.0.113.9, [2001:db8::1]"], "203.0.113.9"),
            ("10.0.0.1", &["10.9.9.9, nonsense, 203.0.113.9"], "203.0.113.9"),
            ("::ffff:10.0.0.1", &["::ffff:203.0.113.9"], "203.0.113.9"),
            // Nobody else is named: the proxy itself.
            ("10.0.0.1", NONE, "10.0.0.1"),
            ("10.0.0.1", &["10.0.0.7"], "10.0.0.7"),
            ("10.0.0.1", &[""], "10.0.0.1"),
            ("10.0.0.1", &["203.0.113.9, nonsense"], "10.0.0.1"),
            // Nobody speaks for a peer out there, and one of the neighbours who speaks for nobody is a visitor.
            ("192.0.2.1", &["203.0.113.9"], "192.0.2.1"),
            ("192.168.0.9", NONE, "192.168.0.9"),
        ] {
            assert_eq!(found(peer, lines, trusted).as_deref(), Some(expected), "{peer} {lines:?}");
        }
    }

    #[test]
    fn this_machine_is_nobody_unless_it_is_a_proxy() {
        assert_eq!(found("127.0.0.1", &["203.0.113.9"], NONE), None);
        assert_eq!(found("::1", NONE, NONE), None);
        assert_eq!(found("127.0.0.1", &["203.0.113.9"], &["127.0.0.0/8"]).as_deref(), Some("203.0.113.9"));
        assert_eq!(found("127.0.0.1", NONE, &["127.0.0.0/8"]), None);
    }

    #[test]
    fn behind_a_proxy_nearby_that_was_not_named_everybody_is_nobody() {
        let nearby = ["172.18.0.2", "10.1.2.3", "192.168.0.9", "169.254.1.1", "100.64.0.1", "100.127.255.255"];
        for peer in nearby.into_iter().chain(["fd12::1", "fe80::1", "::ffff:10.1.2.3"]) {
            assert_eq!(found(peer, &["203.0.113.9"], NONE), None, "{peer}");
            // A visitor in that network.
            assert!(found(peer, NONE, NONE).is_some(), "{peer}");
            // Whoever has named a proxy has thought of it.
            assert!(found(peer, &["203.0.113.9"], &["127.0.0.1/32"]).is_some(), "{peer}");
        }
        for peer in ["100.63.0.1", "100.128.0.1", "172.32.0.1", "fec0::1", "2001:db8::1"] {
            assert_eq!(found(peer, &["203.0.113.9"], NONE).as_deref(), Some(peer), "{peer}");
        }
    }

    #[test]
    fn a_proxy_that_was_forgotten_is_told_and_no_other() {
        let is_told = |peer: &str, line: Option<&str>, trusted: &[&str]| {
            let mut headers = HeaderMap::new();
            headers.extend(line.map(|line| (http::HeaderName::from_static(FORWARDED_FOR), line.parse().unwrap())));
            let trusted: Vec<IpNet> = trusted.iter().map(|network| network.parse().unwrap()).collect();
            is_forgotten(peer.parse().unwrap(), &headers, &trusted)
        };
        let (by, here) = (Some("203.0.113.9"), &["127.0.0.1/32", "::1/128"][..]);
        assert!(is_told("127.0.0.1", by, NONE) && is_told("::1", by, NONE) && is_told("10.1.2.3", by, NONE));
        // Somebody on this machine asks through the proxy that is named.
        assert!(!is_told("127.0.0.1", Some("127.0.0.1"), here) && !is_told("::1", by, here));
        assert!(!is_told("127.0.0.1", None, NONE) && !is_told("10.1.2.3", None, NONE));
        assert!(!is_told("192.0.2.1", by, NONE) && !is_told("10.1.2.3", by, here));
    }

    #[test]
    fn a_subscriber_of_ipv6_is_a_network() {
        let networks = |text: &str| ClientAddress(Some(text.parse().unwrap())).networks().unwrap();
        assert_eq!(networks("2001:db8:1:2:3:4:5:6").0, networks("2001:db8:1:2::1").0);
        assert_ne!(networks("2001:db8:1:2::1").0, networks("2001:db8:1:3::1").0);
        assert_eq!(networks("2001:db8:1:2::1").1, networks("2001:db8:1:3::1").1);
        assert_ne!(networks("203.0.113.9").0, networks("203.0.113.10").0);
        assert_eq!(networks("203.0.113.9").1, networks("203.0.113.10").1);
    }
}
