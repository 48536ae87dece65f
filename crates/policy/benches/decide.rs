//! How long a decision takes: `cargo bench -p policy`.
//!
//! Baseline of the same run: the facts written down and read again, which every decision does besides.
#![expect(clippy::print_stdout, reason = "a benchmark prints its figures")]
#![expect(clippy::disallowed_methods, reason = "a benchmark measures")]

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::hint::black_box;
use std::time::{Duration, Instant};

use domain::people::Role;
use policy::{
    Action, Bundle, BundleFiles, CaseFact, Facts, Grade, Offence, Person, ReasonFact, Session,
    TrainingFact,
};

/// What a decision may take at p99 with [`N_RULES`] rules.
const BOUND: Duration = Duration::from_micros(50);

const N_RULES: usize = 100;

const N_ROUNDS: usize = 20_000;

fn main() {
    let (name, files) =
        policy::shipped().iter().find(|(name, _)| *name == "austin-tx").expect("it is shipped");
    let own = read(files);
    let hundred = read(&padded(files, &own));
    println!("{name}: {} rules; padded to {}", n_rules(&own), n_rules(&hundred));
    let permitted = facts(Role::Investigator, true);
    let refused = facts(Role::Trainer, false);
    assert!(hundred.decide(&permitted).permit, "{:?}", hundred.decide(&permitted));
    assert!(!hundred.decide(&refused).permit);
    report(
        "baseline: facts written and read",
        &measure(|| black_box(Facts::read(&black_box(&permitted).write())).is_ok()),
    );
    report("permit, the bundle's own rules", &measure(|| own.decide(black_box(&permitted)).permit));
    let permit = measure(|| hundred.decide(black_box(&permitted)).permit);
    report("permit, 100 rules", &permit);
    let refuse = measure(|| hundred.decide(black_box(&refused)).permit);
    report("refusal with its reasons, 100 rules", &refuse);
    let holds = [&permit, &refuse].iter().all(|times| p99(times) <= BOUND);
    println!("p99 within {BOUND:?}: {}", if holds { "yes" } else { "NO" });
}

fn read(files: &BundleFiles) -> Bundle {
    Bundle::read(files).unwrap_or_else(|faults| panic!("{faults:?}"))
}

fn n_rules(bundle: &Bundle) -> usize {
    let files = bundle.files();
    let packs = &bundle.settings().jurisdiction;
    let texts = packs.iter().filter_map(|pack| files.statutes.get(pack)).chain([&files.rules]);
    texts.map(|text| text.matches("@id(").count()).sum()
}

/// With as many more rules as make [`N_RULES`]; each has to be evaluated for a search.
fn padded(files: &BundleFiles, own: &Bundle) -> BundleFiles {
    let mut rules = files.rules.to_string();
    for number in n_rules(own)..N_RULES {
        write!(
            rules,
            "\n@id(\"padding-{number}\")\n@clause(\"AUSP-access\")\n@says(\"Padding\")\nforbid (principal, action, resource)\nwhen {{ context has purpose && context.purpose.word == \"padding-{number}\" && context.day > 20200101 }};\n"
        )
        .expect("a string takes it");
    }
    BundleFiles { rules: rules.into(), ..files.clone() }
}

fn measure(mut round: impl FnMut() -> bool) -> Vec<Duration> {
    for _ in 0..1000 {
        black_box(round());
    }
    let mut times: Vec<Duration> = (0..N_ROUNDS)
        .map(|_| {
            let start = Instant::now();
            black_box(round());
            start.elapsed()
        })
        .collect();
    times.sort_unstable();
    times
}

fn p99(times: &[Duration]) -> Duration {
    times.get(times.len() * 99 / 100).copied().unwrap_or_default()
}

fn report(what: &str, times: &[Duration]) {
    let p50 = times.get(times.len() / 2).copied().unwrap_or_default();
    println!("{what:<40} p50 {p50:>10.1?}   p99 {:>10.1?}", p99(times));
}

fn facts(role: Role, in_order: bool) -> Facts {
    let until = if in_order { "2026-12-31" } else { "2025-12-31" };
    Facts {
        action: Action::SearchReads.word().to_owned(),
        at: 1_795_000_000_000_000,
        case: in_order.then_some(CaseFact { formatted: true }),
        day: "2026-11-22".to_owned(),
        exigent: false,
        lookback_hours: Some(24),
        offence: Some(Offence { category: "robbery".to_owned(), grade: Grade::Felony }),
        person: Person {
            agency: "1".to_owned(),
            outside: false,
            pseudonym: "p-17".to_owned(),
            roles: BTreeSet::from(
                [role, Role::Supervisor, Role::Trainer]
                    .into_iter()
                    .filter(|one| in_order || *one == role)
                    .collect::<BTreeSet<_>>(),
            ),
            temporary: false,
        },
        purpose: Some("investigation".to_owned()),
        reason: Some(ReasonFact { refused: false, suspicious: false, vague: !in_order }),
        requester: None,
        resource: "1".to_owned(),
        session: Session {
            device: None,
            locked: false,
            minutes_since_authentication: 3,
            second_factor: true,
        },
        training: BTreeMap::from([(
            "reader".to_owned(),
            TrainingFact { until: Some(until.to_owned()), valid: true },
        )]),
    }
}
