use proptest::prelude::*;

use super::*;

fn rules() -> Rules {
    let words = |words: &[&str]| words.iter().map(|word| pattern(word)).collect();
    Rules {
        chars_min: 10,
        clause: "TWF-401.4d".to_owned(),
        vague: ["test", "inv", "n/a", "investigation", "police business"].map(plain_words).to_vec(),
        suspicious: vec![("ex-wife".to_owned(), pattern("ex-wife"))],
        prohibited: vec![
            ProhibitedUse {
                label: "immigration enforcement".to_owned(),
                clause: "AUS-344.4a6".to_owned(),
                effect: Effect::Refuse,
                words: words(&["immigra*", "ice detainer"]),
            },
            ProhibitedUse {
                label: "a protest".to_owned(),
                clause: "AUS-344.4a4".to_owned(),
                effect: Effect::Review,
                words: words(&["protest*"]),
            },
        ],
        born_before: 2019,
    }
}

fn words_of(text: &str) -> Vec<String> {
    judge(text, &rules()).findings.into_iter().map(|one| one.word).collect()
}

/// Clause TWF-401.4d: official business only, so a text that says nothing is refused, naming the clause.
#[test]
fn clause_twf_401_4d_texts_that_say_nothing_are_refused() {
    for (text, word) in [
        ("", "empty"),
        (" ?! ", "empty"),
        ("2024-118822", "number"),
        ("aaaaaaa", "repeated"),
        ("abababab", "repeated"),
        ("why why why", "repeated"),
        ("Test", "vague"),
        ("INV.", "vague"),
        ("n/a", "vague"),
        ("test inv 42", "vague"),
        ("Police business: investigation", "vague"),
        ("car", "short"),
        ("id 123-45-6789", "short"),
        ("123-45-6789", "empty"),
    ] {
        let verdict = judge(text, &rules());
        assert_eq!(verdict.outcome, Outcome::Refused, "{text}");
        assert_eq!(words_of(text), [word], "{text}");
        let finding = verdict.findings.first().unwrap();
        assert_eq!(finding.clause.as_deref(), Some("TWF-401.4d"));
        assert!(finding.says.contains("say "), "{}", finding.says);
        assert!(verdict.fact().vague && verdict.score == 0);
    }
    assert_eq!(words_of(&"word and word ".repeat(200)), ["long"]);
}

#[test]
fn a_reason_is_taken_and_scored() {
    let short = judge("burglary suspect", &rules());
    let long = judge(
        "Burglary of 14 Elm Street on 3 May, witness saw a white van leave northbound",
        &rules(),
    );
    assert_eq!((short.outcome, long.outcome), (Outcome::Taken, Outcome::Taken));
    assert!(short.score < long.score && long.score <= 100, "{} {}", short.score, long.score);
    assert_eq!(long.fact(), ReasonFact { refused: false, suspicious: false, vague: false });
}

/// Clause AUS-344.4a6: a reason that names immigration enforcement is refused.
#[test]
fn clause_aus_344_4a6_a_prohibited_use_in_a_reason_is_refused_or_reviewed() {
    let refused = judge("help with an Immigration matter of a neighbour", &rules());
    assert_eq!(refused.outcome, Outcome::Refused);
    assert!(refused.fact().refused && !refused.fact().vague);
    let finding = refused.findings.first().unwrap();
    assert_eq!(finding.clause.as_deref(), Some("AUS-344.4a6"));
    assert_eq!(finding.says, "it names immigration enforcement, which is prohibited");
    assert_eq!(judge("ICE-detainer for driver", &rules()).outcome, Outcome::Refused);
    let reviewed = judge("assault after the protesters had left", &rules());
    assert_eq!(reviewed.outcome, Outcome::Review);
    assert!(reviewed.fact().suspicious && !reviewed.fact().refused);
    assert_eq!(words_of("looking for my ex wife's car"), ["suspicious"]);
    assert!(words_of("stolen van near Justice Center").is_empty());
}

#[test]
fn numbers_and_birth_dates_are_masked() {
    for (text, masked) in [
        ("suspect 123-45-6789 fled", "suspect [Social Security number] fled"),
        ("suspect 123456789, fled", "suspect [Social Security number], fled"),
        ("123 45 6789 and 987.65.4321", "[Social Security number] and [Social Security number]"),
        ("123 – 45 – 6789", "[Social Security number]"),
        ("DOB 01/02/80 male", "DOB [birth date] male"),
        ("d.o.b.: 1/2/2024", "d.o.b.: [birth date]"),
        ("born January 2nd, 1980 in", "born [birth date] in"),
        ("born 2 Jan 1980", "born [birth date]"),
        ("date of birth 01021980", "date of birth [birth date]"),
        ("robbery of 11/20/2026 by one born later", "robbery of 11/20/2026 by one born later"),
        ("1980-02-01", "[birth date]"),
        ("dob 0test00test00000000 -00000000", "dob 0test00test[birth date] -[birth date]"),
        ("call 512-555-0100, case 24-1234567", "call 512-555-0100, case 24-1234567"),
        ("8123-45-6789", "8123-45-6789"),
    ] {
        assert_eq!(mask(text, 2019).text, masked, "{text}");
    }
    let verdict = judge("suspect 123-45-6789 fled from 14 Elm Street", &rules());
    assert_eq!(verdict.masks, [Mask::SocialSecurityNumber]);
    assert_eq!(verdict.outcome, Outcome::Taken);
}

/// Written apart from the code that masks.
fn holds_a_number(text: &str) -> bool {
    let chars: Vec<char> = text.chars().collect();
    (0..chars.len()).any(|at| {
        let is_digit = |i: usize| chars.get(i).is_some_and(char::is_ascii_digit);
        let group = |from: usize, n: usize| (from..from + n).all(is_digit);
        let begins = at == 0 || !is_digit(at - 1);
        let joined = begins && group(at, 9) && !is_digit(at + 9);
        let sep = |i: usize| chars.get(i).is_some_and(|c| matches!(c, '-' | ' ' | '.'));
        let parted = begins
            && group(at, 3)
            && sep(at + 3)
            && group(at + 4, 2)
            && sep(at + 6)
            && group(at + 7, 4)
            && !is_digit(at + 11);
        joined || parted
    })
}

proptest! {
    #[test]
    fn any_reason_is_judged_and_keeps_no_number(text in r"(\PC|[0-9]{1,4}|[-. /]|dob|test){0,40}") {
        let verdict = judge(&text, &rules());
        prop_assert!(!holds_a_number(&verdict.masked), "{:?}", verdict.masked);
        prop_assert!(verdict.score <= 100);
        prop_assert_eq!(&judge(&text, &rules()), &verdict);
        let again = mask(&verdict.masked, 2019);
        prop_assert_eq!(again.text, verdict.masked);
    }
}
