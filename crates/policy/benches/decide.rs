//! How long a decision takes: `cargo bench -p policy`.
//!
//! Each round decides about other facts, drawn at random beforehand and alike in every run: three thousand people on one
//! day. The first rounds, in which nothing was answered before, are told apart; the bound is for the others. So are facts
//! that never came before: what a decision costs at most.
//! Beside the time on the wall stands the time that the processor spent on this thread: other programs on the machine
//! count in the first alone. The baseline of the same run is the facts written down and read again, which every recorded
//! decision does besides.
#![expect(clippy::print_stdout, reason = "a benchmark prints its figures")]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::hint::black_box;
use std::time::Duration;

use domain::people::Role;
use policy::offences::CATEGORIES;
use policy::{
    Action, Bundle, BundleFiles, CaseFact, Facts, Grade, Offence, Person, ReasonFact, Requester,
    Session, TrainingFact,
};
use rustix::time::{ClockId, clock_gettime};

/// What a decision may take at p99 with [`N_RULES`] rules, in the processor's time.
const BOUND: Duration = Duration::from_micros(50);

const N_RULES: usize = 100;

/// Rounds that are told apart, as after a start.
const N_FIRST: usize = 2_000;

const N_ROUNDS: usize = 22_000;

fn main() {
    let (name, files) =
        policy::shipped().iter().find(|(name, _)| *name == "austin-tx").expect("it is shipped");
    let own = read(files);
    let over_all = padded(files, &own, true);
    let apply_all = padded(files, &own, false);
    println!("{name}: {} rules; padded to {}", n_rules(&own), n_rules(&read(&apply_all)));
    let mut draw = Draw(5);
    let usual: Vec<Facts> = (0..N_ROUNDS).map(|_| draw.facts(&own)).collect();
    let strange: Vec<Facts> = usual.iter().map(|facts| draw.strange(facts)).collect();
    let n_permitted = usual.iter().filter(|facts| own.decide(facts).permit).count();
    println!("{n_permitted} of {N_ROUNDS} are permitted");
    assert!(n_permitted > N_ROUNDS / 4 && n_permitted < N_ROUNDS * 9 / 10);

    println!("{:<44} {:^23}   {:^23}", "", "on the wall", "in the processor");
    report(
        "baseline: facts written and read",
        &measure(&usual, |facts| Facts::read(&facts.write()).is_ok()),
    );
    let decide = |what: &str, files: &BundleFiles, all: &[Facts]| {
        let bundle = read(files);
        let (first, others) = all.split_at(N_FIRST);
        let first = measure(first, |facts| bundle.decide(facts).permit);
        let others = measure(others, |facts| bundle.decide(facts).permit);
        report(what, &others);
        report("    its first 2000", &first);
        p99(&others.processor) <= BOUND
    };
    decide("the bundle's own rules", files, &usual);
    let holds = [
        decide("100 rules over all actions", &over_all, &usual),
        decide("100 rules that all apply", &apply_all, &usual),
    ];
    decide("100 rules over all actions, all facts new", &over_all, &strange);
    decide("100 rules that all apply, all facts new", &apply_all, &strange);
    let holds = holds.iter().all(|holds| *holds);
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

/// What more rules ask about: as the rules of bundles, each a few of the facts. None of them forbids.
const CONDITIONS: [&str; 8] = [
    "context has purpose && context.purpose.word == \"padding\" && context.day > 20200101",
    "context.session has device && context.session.device == \"padding\"",
    "context has offence && context.offence.category == \"padding\"",
    "context.training.contains(\"padding\")",
    "context has requester && context.requester.kind == \"padding\"",
    "context has case_number && context has reason && context.day < 20200101",
    "principal.temporary && context.exigent && context.day < 20200101",
    "context has lookback_hours && context.lookback_hours > 50000 && context.overdue && context.day < 20200101",
];

/// With as many more rules as make [`N_RULES`]: each speaks of two actions, as the rules of bundles do, or of all.
fn padded(files: &BundleFiles, own: &Bundle, spread: bool) -> BundleFiles {
    let mut rules = files.rules.to_string();
    for (number, condition) in (n_rules(own)..N_RULES).zip(CONDITIONS.iter().cycle()) {
        let of = |at: usize| Action::ALL.get(at % Action::ALL.len()).map_or("", |one| one.word());
        let scope = if spread {
            format!("action in [Action::\"{}\", Action::\"{}\"]", of(number), of(number + 1))
        } else {
            "action".to_owned()
        };
        write!(
            rules,
            "\n@id(\"padding-{number}\")\n@clause(\"AUSP-access\")\n@says(\"Padding\")\nforbid (principal, {scope}, resource)\nwhen {{ {condition} }};\n"
        )
        .expect("a string takes it");
    }
    BundleFiles { rules: rules.into(), ..files.clone() }
}

/// Times of each round, sorted.
struct Times {
    wall: Vec<Duration>,
    processor: Vec<Duration>,
}

fn measure(all: &[Facts], mut round: impl FnMut(&Facts) -> bool) -> Times {
    let mut times =
        Times { wall: Vec::with_capacity(N_ROUNDS), processor: Vec::with_capacity(N_ROUNDS) };
    for facts in all {
        let wall = now(ClockId::Monotonic);
        let processor = now(ClockId::ThreadCPUTime);
        black_box(round(black_box(facts)));
        times.processor.push(now(ClockId::ThreadCPUTime).saturating_sub(processor));
        times.wall.push(now(ClockId::Monotonic).saturating_sub(wall));
    }
    times.wall.sort_unstable();
    times.processor.sort_unstable();
    times
}

fn now(clock: ClockId) -> Duration {
    let time = clock_gettime(clock);
    let nanos = u32::try_from(time.tv_nsec).unwrap_or(0);
    Duration::new(u64::try_from(time.tv_sec).unwrap_or(0), nanos)
}

fn p99(times: &[Duration]) -> Duration {
    times.get(times.len() * 99 / 100).copied().unwrap_or_default()
}

fn report(what: &str, times: &Times) {
    let of = |times: &[Duration]| {
        let p50 = times.get(times.len() / 2).copied().unwrap_or_default();
        format!("p50 {p50:>7.1?} p99 {:>7.1?}", p99(times))
    };
    println!("{what:<44} {}   {}", of(&times.wall), of(&times.processor));
}

/// Draws facts: the same in every run.
struct Draw(u64);

impl Draw {
    /// Below `n`. Constants of Knuth's MMIX.
    fn below(&mut self, n: u32) -> u32 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        u32::try_from((self.0 >> 33) % u64::from(n.max(1))).unwrap_or(0)
    }

    fn one_in(&mut self, n: u32) -> bool {
        self.below(n) == 0
    }

    fn one<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        let at = usize::try_from(self.below(u32::try_from(of.len()).unwrap_or(1))).unwrap_or(0);
        of.get(at).expect("it is below the length")
    }

    /// One of three thousand people looks, most often as the policy asks for it.
    fn facts(&mut self, bundle: &Bundle) -> Facts {
        let roles: [&[Role]; 4] = [
            &[Role::Officer],
            &[Role::Investigator],
            &[Role::Investigator, Role::Supervisor],
            &[Role::RtccOperator, Role::Trainer],
        ];
        let looks = [Action::SearchReads, Action::OpenRead, Action::OpenPicture, Action::ListHits];
        let action = *self.one(&looks);
        let purposes = &bundle.settings().purposes;
        let fitting: Vec<_> =
            purposes.iter().filter(|purpose| purpose.actions.contains(&action)).collect();
        let purpose = if self.one_in(20) { self.one(purposes) } else { *self.one(&fitting) };
        let until = if self.one_in(20) { "2025-12-31" } else { "2026-12-31" };
        Facts {
            action: action.word().to_owned(),
            at: 1_795_000_000_000_000 + i64::from(self.below(1_000_000)),
            case: (!self.one_in(20))
                .then(|| CaseFact { formatted: !self.one_in(20), verified: None }),
            day: "2026-11-22".to_owned(),
            exigent: false,
            overdue: self.one_in(200),
            protected: None,
            lookback_hours: Some(1 + self.below(170)),
            offence: Some(Offence {
                category: self.one(CATEGORIES).code.to_owned(),
                grade: *self.one(&[Grade::Felony, Grade::Felony, Grade::ClassA, Grade::ClassC]),
            }),
            person: Person {
                agency: "1".to_owned(),
                outside: self.one_in(100),
                pseudonym: format!("p-{}", self.below(3000)),
                roles: self.one(&roles).iter().copied().collect(),
                temporary: self.one_in(50),
            },
            purpose: Some(purpose.word.clone()),
            reason: Some(ReasonFact {
                refused: self.one_in(100),
                suspicious: self.one_in(20),
                vague: self.one_in(20),
            }),
            requester: None,
            resource: "1".to_owned(),
            session: Session {
                device: self.one(&[None, Some("workstation"), Some("patrol")]).map(str::to_owned),
                locked: self.one_in(200),
                minutes_since_authentication: self.below(700),
                second_factor: true,
            },
            training: BTreeMap::from([(
                "reader".to_owned(),
                TrainingFact { until: Some(until.to_owned()), valid: true },
            )]),
        }
    }

    /// The same, with values everywhere that never come again.
    fn strange(&mut self, facts: &Facts) -> Facts {
        let new = format!("new-{}-{}", self.below(u32::MAX), self.below(u32::MAX));
        Facts {
            day: format!(
                "{}-{:02}-{:02}",
                2000 + self.below(900),
                1 + self.below(12),
                1 + self.below(28)
            ),
            lookback_hours: Some(self.below(u32::MAX)),
            offence: Some(Offence { category: new.clone(), grade: Grade::Felony }),
            person: Person { agency: new.clone(), ..facts.person.clone() },
            purpose: Some(new.clone()),
            requester: Some(Requester { agency: new.clone(), kind: new.clone() }),
            resource: new.clone(),
            session: Session {
                device: Some(new.clone()),
                minutes_since_authentication: self.below(u32::MAX),
                ..facts.session.clone()
            },
            training: BTreeMap::from([
                ("reader".to_owned(), TrainingFact { until: None, valid: true }),
                (new, TrainingFact { until: None, valid: true }),
            ]),
            ..facts.clone()
        }
    }
}
