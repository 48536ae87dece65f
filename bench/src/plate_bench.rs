//! Figures of the plate crate: the dictionary's searches and the hotlist matcher.

use std::collections::HashMap;
use std::fs::File;
use std::hint::black_box;
use std::io::{BufWriter, Read as _, Write};
use std::path::Path;

use plate::{
    CodeSystem, Dictionary, EntryId, Jurisdiction, MatchEntry, Matcher, MatcherBuilder, Packed,
    Pattern, PlateText, Wanted,
};

use crate::plate_measure::{Seeded, figure, median_s, memory_mb, reset_peak, timed};

/// Plate formats with their share in 16: `L` a letter, `D` a digit.
const FORMATS: [(&[u8], usize); 4] =
    [(b"LLLDDDD", 7), (b"DLLLDDD", 5), (b"LLDDLLL", 3), (b"LLLDDD", 1)];

/// A seeded plate as text.
fn random_plate(seeded: &mut Seeded, text: &mut Vec<u8>) {
    let mut share = seeded.below(16);
    let mut format = FORMATS[0].0;
    for (candidate, of_16) in FORMATS {
        format = candidate;
        if share < of_16 {
            break;
        }
        share -= of_16;
    }
    text.clear();
    text.extend(format.iter().map(|kind| match kind {
        b'L' => b'A' + seeded.below(26) as u8,
        _ => b'0' + seeded.below(10) as u8,
    }));
}

fn random_packed(seeded: &mut Seeded, text: &mut Vec<u8>) -> Packed {
    random_plate(seeded, text);
    let text = std::str::from_utf8(text).expect("letters and digits are UTF-8");
    PlateText::parse(text).expect("formats have 6 or 7 places").packed()
}

/// Searches of `millions` million distinct plates, beside the time that summing them takes.
pub(crate) fn dictionary(millions: usize) {
    let mut seeded = Seeded(1);
    let mut text = Vec::new();
    // One in ten is drawn twice.
    let drawn: Vec<Packed> =
        (0..millions * 1_110_000).map(|_| random_packed(&mut seeded, &mut text)).collect();
    let sum: Vec<u64> = drawn.iter().map(|plate| plate.to_i64() as u64).collect();
    let (build_s, dictionary) = timed(|| Dictionary::new(drawn));
    let n = dictionary.len();
    figure("distinct plates", &format!("{:.1} M", n as f64 / 1e6), "", "");
    figure("build (sort, drop doubles)", &format!("{build_s:.2} s"), "", "");
    let sum_s = median_s(5, || sum.iter().copied().fold(0, u64::wrapping_add));
    drop(sum);
    let rate = n as f64 * 8.0 / sum_s / 1e9;
    figure("baseline: sum of the array", &format!("{sum_s:.3} s"), "", &format!("{rate:.1} GB/s"));

    for (what, pattern, target_s) in cases() {
        let mut total = 0;
        let s = median_s(5, || {
            let found = dictionary.search(&pattern, 100);
            total = found.total;
            black_box(found.plates.len())
        });
        let target = match target_s {
            f64::INFINITY => String::new(),
            _ => format!("≤ {:.2} s", target_s * millions as f64 / 100.0),
        };
        figure(what, &format!("{s:.4} s"), &target, &format!("{total} plates match"));
    }
    figure("memory now", &format!("{:.0} MB", memory_mb("VmRSS")), "", "");
}

/// Patterns with the target in seconds for 100 M plates, infinite where it names none.
fn cases() -> Vec<(&'static str, Pattern, f64)> {
    let parse = |text| Pattern::parse(text).expect("patterns of the benchmark are right");
    vec![
        ("7?BC*", parse("7?BC*"), 0.15),
        ("ABC12??", parse("ABC12??"), f64::INFINITY),
        ("??C1234", parse("??C1234"), f64::INFINITY),
        ("????234", parse("????234"), f64::INFINITY),
        ("????2?4", parse("????2?4"), f64::INFINITY),
        ("*BC12*", parse("*BC12*"), 0.35),
        ("*1234", parse("*1234"), f64::INFINITY),
        ("A*9*7", parse("A*9*7"), f64::INFINITY),
        ("*9*7", parse("*9*7"), f64::INFINITY),
        ("*[ABC]C1[12]*", parse("*[ABC]C1[12]*"), f64::INFINITY),
        ("7?BC* with look-alikes", parse("7?BC*").with_look_alikes(), 0.35),
        ("*BC12* with look-alikes", parse("*BC12*").with_look_alikes(), 0.35),
        ("ABC1234 with look-alikes", parse("ABC1234").with_look_alikes(), 0.35),
        ("ABC1234 one edit", parse("ABC1234").with_one_edit(), 0.5),
        (
            "ABC1234 one edit with look-alikes",
            parse("ABC1234").with_one_edit().with_look_alikes(),
            0.5,
        ),
        ("ABC1?34 one edit", parse("ABC1?34").with_one_edit(), 0.5),
        ("*BC12* one edit", parse("*BC12*").with_one_edit(), f64::INFINITY),
        ("*", parse("*"), f64::INFINITY),
    ]
}

/// States that the benchmark's plates are from.
const STATES: [&str; 8] = ["CA", "TX", "FL", "NY", "PA", "NE", "QC", "NB"];

/// A read as the matcher takes it.
type Read = (Packed, Option<Jurisdiction>);

/// Loading a hotlist of that many thousand entries, and matching reads against it.
pub(crate) fn hotlist(thousands: usize) -> anyhow::Result<()> {
    let n_entries = thousands * 1000;
    let file = std::env::temp_dir().join(format!("plateglass-bench-{}.csv", std::process::id()));
    write_csv(&file, n_entries)?;
    let measured = measure_hotlist(&file, n_entries);
    std::fs::remove_file(&file)?;
    measured
}

fn measure_hotlist(file: &Path, n_entries: usize) -> anyhow::Result<()> {
    let size_mb = file.metadata()?.len() as f64 / 1e6;
    figure(
        "hotlist",
        &format!("{:.1} M", n_entries as f64 / 1e6),
        "",
        &format!("{size_mb:.0} MB of CSV"),
    );
    let before_mb = memory_mb("VmRSS");
    reset_peak();
    let (parse_s, builder) = timed(|| read_csv(file));
    let (build_s, matcher) = timed(|| builder.map(MatcherBuilder::build));
    let matcher = matcher?;
    let load = format!("{parse_s:.2} + {build_s:.2} s");
    figure("load: parse + build", &load, &per_10m(n_entries, 3.0, "s"), "");
    let memory = memory_mb("VmRSS") - before_mb;
    let peak = memory_mb("VmHWM") - before_mb;
    figure(
        "memory",
        &format!("{memory:.0} MB"),
        &per_10m(n_entries, 400.0, "MB"),
        &format!("peak {peak:.0} MB"),
    );

    let reads = random_reads(2_000_000);
    match_figure("plates: exact, look-alike, jurisdiction", &matcher, &reads, "≥ 8 M/s");
    one_by_one_figure(&matcher, &reads);
    drop_figure(matcher);

    let (matcher, reads) = with_patterns(file, (n_entries / 100).max(1000), reads)?;
    let what = format!("  with patterns in {} groups", matcher.n_pattern_groups());
    match_figure(&what, &matcher, &reads, "≥ 2 M/s");
    one_by_one_figure(&matcher, &reads);
    reset_peak();
    let reloaded = read_csv(file)?.build();
    let peak = memory_mb("VmHWM");
    figure(
        "peak of the process while reloading",
        &format!("{peak:.0} MB"),
        "",
        "old and new table, bench's reads",
    );
    drop((matcher, reloaded));
    baseline(file, &reads)
}

/// A target for ten million entries, scaled.
fn per_10m(n_entries: usize, target: f64, unit: &str) -> String {
    format!("≤ {:.1} {unit}", target * n_entries as f64 / 1e7)
}

fn match_figure(what: &str, matcher: &Matcher, reads: &[Read], target: &str) {
    let mut found = Vec::new();
    let s = median_s(7, || {
        found.clear();
        matcher.match_batch(reads, &mut found);
    });
    let mut hit: Vec<usize> = found.iter().map(|(i, _)| *i).collect();
    hit.dedup();
    let rate = format!("{:.1} M reads/s", reads.len() as f64 / s / 1e6);
    let share = 100.0 * hit.len() as f64 / reads.len() as f64;
    figure(what, &rate, target, &format!("{share:.2} % of reads hit, {} entries", found.len()));
}

fn one_by_one_figure(matcher: &Matcher, reads: &[Read]) {
    let few: Vec<Read> = reads.iter().copied().take(200_000).collect();
    let s = median_s(5, || {
        few.iter()
            .map(|&(plate, state)| matcher.match_one(plate.into(), state).len())
            .sum::<usize>()
    });
    figure("  one read at a time", &format!("{:.2} µs", s / few.len() as f64 * 1e6), "", "");
}

fn drop_figure(matcher: Matcher) {
    let (s, ()) = timed(|| drop(matcher));
    figure("  drop of the table", &format!("{:.0} ms", s * 1e3), "", "");
}

/// Every row: a plate, a state for three in four, a category.
fn write_csv(file: &Path, n_entries: usize) -> anyhow::Result<()> {
    let (mut seeded, mut text) = (Seeded(2), Vec::new());
    let mut out = BufWriter::with_capacity(1 << 20, File::create(file)?);
    writeln!(out, "plate,state,category")?;
    for _ in 0..n_entries {
        random_plate(&mut seeded, &mut text);
        out.write_all(&text)?;
        let state = if seeded.below(4) > 0 { seeded.pick(&STATES) } else { "" };
        writeln!(out, ",{state},{}", seeded.pick(&["stolen", "felony", "missing"]))?;
    }
    out.flush()?;
    Ok(())
}

/// Calls `row` with plate and state of every line but the first: the reader of this figure only, for
/// files without quotes.
#[expect(clippy::indexing_slicing, reason = "a block is filled from 0 to at most its end")]
fn for_rows(
    file: &Path,
    mut row: impl FnMut(&str, &str) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let mut file = File::open(file)?;
    let (mut block, mut n_kept, mut is_header) = (vec![0; 1 << 18], 0, true);
    loop {
        let n_read = file.read(&mut block[n_kept..])?;
        if n_read == 0 {
            return Ok(());
        }
        let filled = n_kept + n_read;
        let n_whole = block[..filled].iter().rposition(|&b| b == b'\n').map_or(0, |last| last + 1);
        for line in std::str::from_utf8(&block[..n_whole])?.lines() {
            if std::mem::take(&mut is_header) {
                continue;
            }
            let (plate, rest) = line.split_once(',').unwrap_or((line, ""));
            row(plate, rest.split_once(',').map_or(rest, |(state, _)| state))?;
        }
        block.copy_within(n_whole..filled, 0);
        n_kept = filled - n_whole;
    }
}

fn read_csv(file: &Path) -> anyhow::Result<MatcherBuilder> {
    let mut builder = MatcherBuilder::default();
    let mut id = EntryId { list: 1, row: 0 };
    for_rows(file, |plate, state| {
        let wanted = Wanted::Plate(PlateText::parse(plate)?);
        let jurisdiction = match state {
            "" => None,
            _ => Some(Jurisdiction::parse(state, CodeSystem::Postal)?),
        };
        builder.add(MatchEntry { wanted, jurisdiction, id });
        id.row += 1;
        Ok(())
    })?;
    Ok(builder)
}

fn random_reads(n: usize) -> Vec<Read> {
    let (mut seeded, mut text) = (Seeded(3), Vec::new());
    let states = STATES.map(|code| Jurisdiction::parse(code, CodeSystem::Postal).ok());
    (0..n).map(|_| (random_packed(&mut seeded, &mut text), seeded.pick(&states))).collect()
}

/// The matcher of the file with patterns added, and reads of which some were made to fit a pattern.
///
/// A pattern is a plate of any arrangement of letters and digits (states have dozens) with one unknown
/// character, or two (3 in 10), or three (1 in 20: each of those fits 46,656 plates), or a beginning, an
/// end or a middle of one (1 in 50 each).
fn with_patterns(
    file: &Path,
    n_patterns: usize,
    mut reads: Vec<Read>,
) -> anyhow::Result<(Matcher, Vec<Read>)> {
    let mut seeded = Seeded(4);
    let mut builder = read_csv(file)?;
    for row in 0..n_patterns {
        let length = seeded.pick(&[6, 7, 7, 7]);
        let mut pattern: String = (0..length)
            .map(|_| match seeded.below(2) {
                0 => char::from(b'A' + seeded.below(26) as u8),
                _ => char::from(b'0' + seeded.below(10) as u8),
            })
            .collect();
        // One read in 500 is made to fit a pattern; as many or more fit one by chance.
        if let Some((packed, _)) = reads.get_mut(row * 500) {
            *packed = PlateText::parse(&pattern)?.packed();
        }
        match seeded.below(50) {
            0 => pattern.replace_range(5.., "*"),
            1 => pattern.replace_range(..2, "*"),
            2 => pattern = format!("*{}*", &pattern[1..6]),
            kind => {
                for _ in 0..[3, 2, 2, 2, 2, 2, 2].get(kind % 20).copied().unwrap_or(1) {
                    let at = seeded.below(length);
                    pattern.replace_range(at..=at, "?");
                }
            }
        }
        let wanted = Wanted::Pattern(Pattern::parse(&pattern)?);
        builder.add(MatchEntry {
            wanted,
            jurisdiction: None,
            id: EntryId { list: 2, row: row as u32 },
        });
    }
    Ok((builder.build(), reads))
}

/// What one would write first: a map from text to entry, which knows neither look-alikes nor patterns.
fn baseline(file: &Path, reads: &[Read]) -> anyhow::Result<()> {
    let before_mb = memory_mb("VmRSS");
    let mut map: HashMap<String, (EntryId, Option<Jurisdiction>)> = HashMap::new();
    let mut id = EntryId { list: 1, row: 0 };
    let (load_s, loaded) = timed(|| {
        for_rows(file, |plate, state| {
            map.insert(plate.into(), (id, Jurisdiction::parse(state, CodeSystem::Postal).ok()));
            id.row += 1;
            Ok(())
        })
    });
    loaded?;
    let memory = format!("{:.0} MB", memory_mb("VmRSS") - before_mb);
    figure("baseline: HashMap<String, _>, load", &format!("{load_s:.2} s"), "", &memory);
    let texts: Vec<String> = reads
        .iter()
        .take(500_000)
        .map(|&(plate, _)| String::from(&*PlateText::from(plate).expose()))
        .collect();
    let s = median_s(5, || texts.iter().filter(|text| map.contains_key(*text)).count());
    let rate = format!("{:.1} M reads/s", texts.len() as f64 / s / 1e6);
    figure("baseline: HashMap, exact only", &rate, "", "no look-alikes, no patterns, one list");
    Ok(())
}
