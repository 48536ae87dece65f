//! The digest as a mail.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::{DayDigest, Odd};

/// The digest as a mail's text. It counts and names nobody: a mail passes through other hands, and who it was stands on the
/// console, at `/security`.
pub fn digest_text(digest: &DayDigest, agency: &str, console: &str) -> String {
    let new_addresses = with(digest, Odd::NewAddress);
    let new_devices = with(digest, Odd::NewDevice);
    let unusual = with(digest, Odd::UnusualHour);
    let accounts: BTreeSet<_> = digest.failed.iter().filter_map(|one| one.person).collect();
    let started = digest.server.iter().filter(|(what, _)| what == "server-started").count();
    let unknown = digest.failed.iter().filter(|one| one.why == "unknown-name").count();
    let refused: u64 = digest.refused.iter().map(|(_, n)| n).sum();
    let lines = [
        ("sign-ins", digest.n_signed_in),
        ("failed sign-ins", digest.n_failed),
        ("accounts at which they failed", accounts.len() as u64),
        ("of them under names that nobody has", unknown as u64),
        ("passwords locked by failures", digest.passwords_locked.len() as u64),
        ("sign-ins from an address seen for the first time", new_addresses),
        ("sign-ins from a device that the person never used before", new_devices),
        ("sign-ins at an hour unusual for the person", unusual),
        ("accounts locked by somebody", digest.accounts_locked.len() as u64),
        ("refusals", refused),
        ("people who were refused something", digest.refused.len() as u64),
        ("starts of the server", started as u64),
    ];
    let mut out = format!("{agency}: sign-ins and access on {}\n\n", digest.day);
    for (what, n) in lines {
        let _ = writeln!(out, "{n:>6}  {what}");
    }
    let _ = write!(
        out,
        "\nWho it was and from where, and a button that locks an account at once:\n{}/security?day={}\n",
        console.trim_end_matches('/'),
        digest.day
    );
    out
}

fn with(digest: &DayDigest, what: Odd) -> u64 {
    digest.odd.iter().filter(|one| one.odd.contains(&what)).count() as u64
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use domain::{PersonId, Timestamp};
    use expect_test::expect;

    use super::*;
    use crate::use_cases::oversight::{Attempt, OddSignIn};

    fn noon() -> Timestamp {
        Timestamp::parse("2026-11-21T12:00:00Z").unwrap()
    }

    #[test]
    fn a_mail_counts_and_names_nobody() {
        let day = noon().day();
        let attempt = |why: &str, person: Option<i64>| Attempt {
            leaf: None,
            at: noon(),
            why: why.to_owned(),
            person: person.map(PersonId::from_i64),
            account: "D. Chen (d.chen)".to_owned(),
            address: "192.0.2.7".to_owned(),
        };
        let digest = DayDigest {
            day,
            today: day.next(),
            failed: vec![attempt("wrong-password", Some(7)), attempt("unknown-name", None)],
            n_failed: 2,
            n_signed_in: 12,
            odd: vec![OddSignIn {
                leaf: 4,
                at: noon(),
                person: None,
                address: "192.0.2.9".to_owned(),
                odd: vec![Odd::NewAddress, Odd::NewDevice],
            }],
            passwords_locked: vec![attempt("", Some(7))],
            accounts_locked: Vec::new(),
            refused: vec![(PersonId::from_i64(7), 3)],
            server: vec![("server-started".to_owned(), noon())],
            people: BTreeMap::new(),
        };
        let text = digest_text(&digest, "Austin PD", "https://lpr.example.gov/");
        assert!(!text.contains("Chen") && !text.contains("192.0"), "{text}");
        expect![[r#"
            Austin PD: sign-ins and access on 2026-11-21

                12  sign-ins
                 2  failed sign-ins
                 1  accounts at which they failed
                 1  of them under names that nobody has
                 1  passwords locked by failures
                 1  sign-ins from an address seen for the first time
                 1  sign-ins from a device that the person never used before
                 0  sign-ins at an hour unusual for the person
                 0  accounts locked by somebody
                 3  refusals
                 1  people who were refused something
                 1  starts of the server

            Who it was and from where, and a button that locks an account at once:
            https://lpr.example.gov/security?day=2026-11-21
        "#]]
        .assert_eq(&text);
    }
}
