//! Proposing another policy: read whole, compared with the one that it would follow, and kept until somebody else approves it.

use std::borrow::Cow;
use std::collections::BTreeMap;

use domain::access::ManagePolicy;
use domain::{BundleId, Day, Timestamp};
use policy::{Bundle, BundleFiles, Change, Contradiction, Fault, contradictions, difference};
use store::BundleRow;

use super::changes::{predecessor, read_row};
use super::configured;
use crate::policies::kept;
use crate::record::About;
use crate::use_cases::add_camera::words;
use crate::{App, AskError, Ctx};

/// The texts of a policy that an agency writes, by the names of their files. Statutes come with the program: no agency loosens
/// them.
pub const FILES: [&str; 4] = ["bundle.toml", "rules.cedar", "clauses.toml", "published.md"];

/// What a proposal begins with; texts that come with it take the place of its own.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Base {
    /// The policy in force.
    InForce,
    /// One that comes with the program, by its word.
    Shipped(String),
}

/// Another policy that somebody wants.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Proposing {
    /// What it begins with.
    pub base: Base,
    /// Texts by the names of their files ([`FILES`]).
    pub texts: Vec<(String, Vec<u8>)>,
    /// From which day on it is to decide, at the agency.
    pub day: Day,
    /// Why.
    pub reason: String,
    /// Whether only to say what it would change.
    pub only_look: bool,
}

/// A policy that was read, beside the one that it would follow.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Compared {
    /// Its title.
    pub title: String,
    /// Its digest.
    pub digest: String,
    /// The digest of the one that it would follow.
    pub follows: String,
    /// What changes.
    pub changes: Vec<Change>,
    /// What it contradicts. While there is anything it is not kept.
    pub contradictions: Vec<Contradiction>,
}

/// A policy that cannot be read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Unsound {
    /// Every fault that could be found, with the line of its file where it has one.
    pub faults: Vec<(Fault, Option<usize>)>,
}

/// What became of a proposal.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Outcome {
    /// It cannot be read.
    Unsound(Unsound),
    /// It was looked at, or contradicts what is configured, and was not kept.
    Compared(Compared),
    /// It waits for somebody's approval.
    Proposed(BundleId),
}

/// Proposes another policy, or looks what it would change.
pub async fn propose_policy(app: &App, ctx: &Ctx, ask: &Proposing) -> Result<Outcome, AskError> {
    let mut act = app.begin::<ManagePolicy>(ctx, About::nothing_yet()).await?;
    words("reason", &ask.reason)?;
    let in_force = app.policy_of(ctx.agency).await?;
    let in_force = in_force.ok_or_else(|| AskError::not_found("policy", ctx.agency))?;
    if ask.day < in_force.day(ctx.now) {
        return Err(invalid("day", "is in the past: a policy decides from its day on".to_owned()));
    }
    let files = texts(&in_force.bundle, ask)?;
    let bundle = match Bundle::read(&files) {
        Ok(bundle) => bundle,
        Err(faults) => {
            act.failed();
            let with_line = |fault: Fault| {
                let line = fault.line(&files);
                (fault, line)
            };
            let faults = faults.into_iter().map(with_line).collect();
            return Ok(Outcome::Unsound(Unsound { faults }));
        }
    };
    act.took_in(&bundle.digest());
    let begins = in_force.begins(ask.day);
    let kept = app.inner().store.approved_policies(ctx.agency).await;
    let kept = kept.map_err(AskError::failed("look up the policies that are approved"))?;
    let follows = predecessor(&kept, begins.max(ctx.now), None);
    let follows = follows.ok_or_else(|| AskError::not_found("policy", ctx.agency))?;
    let compared = compare(app, ctx, &bundle, &read_row(follows)?).await?;
    if compared.changes.is_empty() {
        return Err(invalid("files", "change nothing: the policy would stay as it is".to_owned()));
    }
    if ask.only_look || !compared.contradictions.is_empty() {
        let outcome = if ask.only_look { "looked at" } else { "contradicts what is configured" };
        act.done([format!("policy {}, {outcome}", compared.digest)]);
        return Ok(Outcome::Compared(compared));
    }
    let row = proposed(ctx, ask, &bundle, begins, follows.id, &compared);
    let id = app.inner().store.propose_policy(act.permit(), &row).await;
    let id = id.map_err(AskError::failed("keep a proposed policy"))?;
    act.done([format!("bundle {id}, policy {}, proposed for {}", row.digest, ask.day)]);
    Ok(Outcome::Proposed(id))
}

fn proposed(
    ctx: &Ctx,
    ask: &Proposing,
    bundle: &Bundle,
    begins: Timestamp,
    follows: BundleId,
    compared: &Compared,
) -> BundleRow {
    BundleRow {
        id: BundleId::from_i64(0),
        digest: bundle.digest(),
        files: kept(bundle.files()),
        proposed_by: ctx.person_id(),
        proposed_at: ctx.now,
        approved_by: None,
        approved_at: None,
        effective_at: begins,
        withdrawn_by: None,
        withdrawn_at: None,
        reason: ask.reason.trim().to_owned(),
        replaces: Some(follows),
        touches_privacy: compared.changes.iter().any(|change| change.touches_privacy),
    }
}

/// A policy beside the one that it would follow, and beside what is configured.
pub(super) async fn compare(
    app: &App,
    ctx: &Ctx,
    bundle: &Bundle,
    follows: &Bundle,
) -> Result<Compared, AskError> {
    let configured = configured(app, ctx.agency).await?;
    Ok(Compared {
        title: bundle.settings().title.clone(),
        digest: bundle.digest(),
        follows: follows.digest(),
        changes: difference(follows, bundle),
        contradictions: contradictions(bundle, &configured),
    })
}

fn invalid(field: &'static str, why: String) -> AskError {
    AskError::Invalid { field, why }
}

/// The texts of the base with those that came in their places, and the statutes of this program.
fn texts(in_force: &Bundle, ask: &Proposing) -> Result<BundleFiles, AskError> {
    let base = match &ask.base {
        Base::InForce => in_force.files(),
        Base::Shipped(word) => {
            let found = policy::shipped().iter().find(|(one, _)| one == word);
            let (_, files) = found.ok_or_else(|| {
                invalid("base", "is none of the policies that come with the program".to_owned())
            })?;
            files
        }
    };
    let statutes: BTreeMap<String, Cow<'static, str>> = policy::statutes()
        .iter()
        .map(|(pack, text)| ((*pack).to_owned(), Cow::Borrowed(*text)))
        .collect();
    let mut files = BundleFiles { statutes, ..base.clone() };
    let mut seen: Vec<&str> = Vec::new();
    for (name, bytes) in &ask.texts {
        if seen.contains(&name.as_str()) {
            return Err(invalid("files", format!("hold {} twice", shown(name))));
        }
        seen.push(name);
        let text: Cow<'static, str> = Cow::Owned(read_text(name, bytes)?);
        match name.as_str() {
            "bundle.toml" => files.settings = text,
            "rules.cedar" => files.rules = text,
            "clauses.toml" => files.clauses = text,
            "published.md" => files.published = text,
            _ => {
                let name = shown(name);
                let why = format!("hold “{name}”, which is none of the texts {}", FILES.join(", "));
                return Err(invalid("files", why));
            }
        }
    }
    Ok(files)
}

fn read_text(name: &str, bytes: &[u8]) -> Result<String, AskError> {
    String::from_utf8(bytes.to_vec()).map_err(|err| {
        let good = err.utf8_error().valid_up_to();
        let line = bytes.iter().take(good).filter(|byte| **byte == b'\n').count() + 1;
        invalid("files", format!("{}: line {line} is not UTF-8", shown(name)))
    })
}

/// A name from outside, short enough to be shown.
fn shown(name: &str) -> String {
    name.chars().take(60).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn asking(texts: Vec<(String, Vec<u8>)>) -> Proposing {
        Proposing {
            base: Base::InForce,
            texts,
            day: Day::parse("2026-12-01").unwrap(),
            reason: "a test".to_owned(),
            only_look: true,
        }
    }

    fn wrong(texts: &[(&str, &[u8])]) -> String {
        let bundle = Bundle::read(&policy::shipped()[0].1).unwrap();
        let texts = texts.iter().map(|(name, bytes)| ((*name).to_owned(), bytes.to_vec()));
        match super::texts(&bundle, &asking(texts.collect())) {
            Err(AskError::Invalid { field: "files", why }) => why,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn what_is_none_of_the_texts_is_named() {
        assert_eq!(
            wrong(&[("rules.cedar", b"a"), ("rules.cedar", b"b")]),
            "hold rules.cedar twice"
        );
        assert!(wrong(&[("US.cedar", b"")]).starts_with("hold “US.cedar”, which is none"));
        assert_eq!(wrong(&[("bundle.toml", b"a\nb\xff")]), "bundle.toml: line 2 is not UTF-8");
    }

    proptest! {
        /// Whatever comes in is taken in the place of a text of that name, or refused in words; nothing comes of statutes.
        #[test]
        fn any_files_are_taken_or_refused_in_words(
            texts in prop::collection::vec(
                (prop::sample::select(vec!["bundle.toml", "rules.cedar", "US.cedar", "..", ""]), prop::collection::vec(any::<u8>(), 0..40)),
                0..4,
            )
        ) {
            let bundle = Bundle::read(&policy::shipped()[0].1).unwrap();
            let texts: Vec<_> = texts.into_iter().map(|(name, bytes)| (name.to_owned(), bytes)).collect();
            match super::texts(&bundle, &asking(texts.clone())) {
                Ok(files) => {
                    prop_assert_eq!(&files.statutes, &bundle.files().statutes);
                    for (name, bytes) in &texts {
                        let taken = if name == "bundle.toml" { &files.settings } else { &files.rules };
                        prop_assert_eq!(taken.as_bytes(), bytes.as_slice());
                    }
                }
                Err(AskError::Invalid { why, .. }) => prop_assert!(!why.is_empty()),
                Err(other) => prop_assert!(false, "{other:?}"),
            }
        }
    }
}
