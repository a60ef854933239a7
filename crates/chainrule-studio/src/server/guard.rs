//! Who may talk to the studio: this machine's browser, on the studio's own pages.

use axum::{
    extract::{Request, State},
    http::{HeaderName, HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use std::{
    net::{IpAddr, SocketAddr},
    sync::Arc,
};

use super::Shared;

/// Nothing inline, nothing from elsewhere.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; \
                      form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// Which names the studio answers to.
pub(super) struct Guard {
    address: SocketAddr,
}

impl Guard {
    pub(super) fn new(address: SocketAddr) -> Guard {
        Guard { address }
    }

    /// Whether a `Host` names this server by a number of its own, or as localhost. A page from elsewhere can have its name
    /// point to this machine (DNS rebinding), but then that name stands here.
    fn is_ours(&self, host: &str) -> bool {
        let (name, port) = match host.rsplit_once(':') {
            Some((name, port)) if !port.ends_with(']') => (name, port.parse().ok()),
            _ => (host, Some(80)),
        };
        if port != Some(self.address.port()) {
            return false;
        }
        let name = name.trim_start_matches('[').trim_end_matches(']');
        let own = self.address.ip();
        match name.parse::<IpAddr>() {
            Ok(ip) => ip == own || ip.is_loopback() || own.is_unspecified(),
            Err(_) => name.eq_ignore_ascii_case("localhost"),
        }
    }
}

/// Turns away requests for other hosts, and sockets and changes that other sites ask for; puts the policy on every answer.
pub(super) async fn guard(State(shared): State<Arc<Shared>>, request: Request, next: Next) -> Response {
    let mut response = match refused(&shared.guard, &request) {
        Some((status, why)) => (status, why).into_response(),
        None => next.run(request).await,
    };
    for (name, value) in [
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    ] {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}

/// Why a request is turned away.
fn refused(guard: &Guard, request: &Request) -> Option<(StatusCode, &'static str)> {
    let text = |name: HeaderName| request.headers().get(name).and_then(|value| value.to_str().ok());
    let host = text(header::HOST).unwrap_or_default();
    if !guard.is_ours(host) {
        return Some((
            StatusCode::MISDIRECTED_REQUEST,
            "This server answers to its own address only.\n",
        ));
    }
    let reads = matches!(*request.method(), Method::GET | Method::HEAD);
    let is_socket = request.uri().path().starts_with("/socket") || text(header::UPGRADE).is_some();
    let from_own_page = text(header::ORIGIN).is_some_and(|origin| origin == format!("http://{host}"));
    // A link from elsewhere may lead here; a picture, a frame or a script of another page may not set this machine to work.
    let site = text(HeaderName::from_static("sec-fetch-site")).unwrap_or("none");
    let embedded =
        !matches!(site, "same-origin" | "none") && text(HeaderName::from_static("sec-fetch-dest")) != Some("document");
    let foreign = embedded || (!reads || is_socket) && !from_own_page;
    foreign.then_some((StatusCode::FORBIDDEN, "Only the studio's own pages may ask for this.\n"))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn only_its_own_names_are_ours() {
        let local = Guard::new("127.0.0.1:8787".parse().unwrap());
        for host in ["127.0.0.1:8787", "localhost:8787", "LOCALHOST:8787", "[::1]:8787"] {
            assert!(local.is_ours(host), "{host}");
        }
        for host in [
            "evil.example:8787",
            "127.0.0.1:8788",
            "127.0.0.1",
            "localhost",
            "localhost.evil.example:8787",
            "127.0.0.1.evil.example:8787",
            "192.168.0.7:8787",
            "",
            ":8787",
            "[::1]",
        ] {
            assert!(!local.is_ours(host), "{host}");
        }
        let anywhere = Guard::new("0.0.0.0:80".parse().unwrap());
        assert!(anywhere.is_ours("192.168.0.7:80") && anywhere.is_ours("192.168.0.7"));
        assert!(!anywhere.is_ours("evil.example"));
    }
}
