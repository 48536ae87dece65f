//! How long a decision takes: `cargo bench -p policy`.
//!
//! Times are those that the processor spent on it. Baseline of the same run: the facts written down and read again, which every decision does besides.
#![expect(clippy::print_stdout, reason = "a benchmark prints its figures")]

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::hint::black_box;
use std::time::Duration;

use domain::people::Role;
use policy::{
    Action, Bundle, BundleFiles, CaseFact, Facts, Grade, Offence, Person, ReasonFact, Session,
    TrainingFact,
};
use rustix::time::{ClockId, clock_gettime};

/// What a decision may take at p99 with [`N_RULES`] rules.
const BOUND: Duration = Duration::from_micros(50);

const N_RULES: usize = 100;

const N_ROUNDS: usize = 20_000;

fn main() {
    let (name, files) =
        policy::shipped().iter().find(|(name, _)| *name == "austin-tx").expect("it is shipped");
    let own = read(files);
    let spread = read(&padded(files, &own, true));
    let hundred = read(&padded(files, &own, false));
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
    let permit = measure(|| spread.decide(black_box(&permitted)).permit);
    report("permit, 100 rules over all actions", &permit);
    let refuse = measure(|| spread.decide(black_box(&refused)).permit);
    report("refusal, 100 rules over all actions", &refuse);
    let all = measure(|| hundred.decide(black_box(&permitted)).permit);
    report("permit, 100 rules that all apply", &all);
    let all = measure(|| hundred.decide(black_box(&refused)).permit);
    report("refusal, 100 rules that all apply", &all);
    let holds = [&permit, &refuse].iter().all(|times| p99(times) <= BOUND);
    println!("p99 within {BOUND:?}: {}", if holds { "yes" } else { "NO" });
}

fn read(files: &BundleFiles) -> Bundle {
    Bundle::read(files).expect("it can be read")
}

fn n_rules(bundle: &Bundle) -> usize {
    let files = bundle.files();
    let packs = &bundle.settings().jurisdiction;
    let texts = packs.iter().filter_map(|pack| files.statutes.get(pack)).chain([&files.rules]);
    texts.map(|text| text.matches("@id(").count()).sum()
}

/// With as many more rules as make [`N_RULES`]: each speaks of two actions, as the rules of bundles do, or of all.
fn padded(files: &BundleFiles, own: &Bundle, spread: bool) -> BundleFiles {
    let mut rules = files.rules.to_string();
    for number in n_rules(own)..N_RULES {
        let of = |at: usize| Action::ALL.get(at % Action::ALL.len()).map_or("", |one| one.word());
        let scope = if spread {
            format!("action in [Action::\"{}\", Action::\"{}\"]", of(number), of(number + 1))
        } else {
            "action".to_owned()
        };
        write!(
            rules,
            "\n@id(\"padding-{number}\")\n@clause(\"AUSP-access\")\n@says(\"Padding\")\nforbid (principal, {scope}, resource)\nwhen {{ context has purpose && context.purpose.word == \"padding-{number}\" && context.day > 20200101 }};\n"
        )
        .expect("a string takes it");
    }
    BundleFiles { rules: rules.into(), ..files.clone() }
}

/// Times of this thread alone, sorted: other programs on the machine do not count.
fn measure(mut round: impl FnMut() -> bool) -> Vec<Duration> {
    for _ in 0..1000 {
        black_box(round());
    }
    let mut times: Vec<Duration> = (0..N_ROUNDS)
        .map(|_| {
            let start = now();
            black_box(round());
            now().saturating_sub(start)
        })
        .collect();
    times.sort_unstable();
    times
}

fn now() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    let nanos = u32::try_from(time.tv_nsec).unwrap_or(0);
    Duration::new(u64::try_from(time.tv_sec).unwrap_or(0), nanos)
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
        case: in_order.then_some(CaseFact { formatted: true, verified: None }),
        day: "2026-11-22".to_owned(),
        exigent: false,
        overdue: false,
        lookback_hours: Some(24),
        offence: Some(Offence { category: "robbery".to_owned(), grade: Grade::Felony }),
        person: Person {
            agency: "1".to_owned(),
            outside: false,
            pseudonym: "p-17".to_owned(),
            roles: if in_order {
                BTreeSet::from([role, Role::Supervisor, Role::Trainer])
            } else {
                BTreeSet::from([role])
            },
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
