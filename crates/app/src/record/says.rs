//! What leaves say of an act: who, in which role, from where, when, what, and who decided.

use std::time::Duration;

use domain::{Actor, AgencyId, SubKey, Timestamp};
use ledger::batch::Salter;
use ledger::leaf::{ClearField, Draft, Kind, Schedule, SealedField, Written};
use policy::settings::Cleartext;
use store::{ClearText, Code, LogId, NewLeaf, PlateMark, StoreError};

use super::judge::Grounds;
use super::{Ctx, salt};
use crate::App;

/// Writes leaves for one context.
pub(crate) struct Says<'a> {
    app: &'a App,
    ctx: &'a Ctx,
}

impl<'a> Says<'a> {
    pub(crate) const fn of(app: &'a App, ctx: &'a Ctx) -> Self {
        Self { app, ctx }
    }

    /// The log in which it is written.
    pub(crate) fn log(&self) -> LogId {
        // Agency 0 is none: what nobody does to no agency's things is the server's.
        if self.ctx.agency.to_i64() == 0 {
            LogId::SERVER
        } else {
            LogId::of_agency(self.ctx.agency)
        }
    }

    /// Who does what, from where, in which session; when, sealed.
    pub(crate) fn who(&self, kind: Kind, action: &str) -> Draft {
        let Ctx { actor, origin, now, .. } = self.ctx;
        let (actor_kind, role, name) = match actor {
            Actor::Person(..) => ("person", self.roles(), self.name()),
            Actor::Camera(_, camera) => ("camera", "camera".to_owned(), format!("camera {camera}")),
            Actor::Server => ("server", "server".to_owned(), "the server".to_owned()),
            Actor::Nobody => ("nobody", "none".to_owned(), String::new()),
        };
        let mut draft = Draft::new(kind)
            .text(ClearField::Action, action)
            .text(ClearField::ActorKind, actor_kind)
            .text(ClearField::Role, role)
            .text(ClearField::Where, origin.part.word())
            .text(ClearField::Day, now.day().to_string());
        if *actor != Actor::Nobody {
            draft = draft.text(ClearField::Actor, self.app.pseudonym_of(*actor));
        }
        if let Some(session) = origin.session {
            draft = draft
                .text(ClearField::Session, self.pseudonym(&format!("session {:?}", session.0)));
        }
        if !name.is_empty() {
            draft = self.seal(draft, SealedField::Name, name);
        }
        if let Some(address) = origin.address {
            draft = self.seal(draft, SealedField::Address, address.to_string());
        }
        self.seal(draft, SealedField::At, now.to_string())
    }

    /// The same, of something that was permitted.
    pub(crate) fn permitted(&self, kind: Kind, action: &str, grounds: &Grounds) -> Draft {
        self.rests_on(self.who(kind, action), grounds).text(ClearField::Decision, "permit")
    }

    /// Adds what a decision rests on, and why the person acts.
    pub(crate) fn rests_on(&self, draft: Draft, grounds: &Grounds) -> Draft {
        let mut draft = draft
            .words(ClearField::Policies, grounds.policies.iter().map(String::as_str))
            .text(ClearField::Bundle, grounds.bundle.as_str())
            .text(ClearField::Purpose, grounds.purpose.as_str());
        if let Some(facts) = &grounds.facts {
            draft = self.seal(draft, SealedField::Facts, facts.as_str());
        }
        let work = self.ctx.person.as_ref().and_then(|signed_in| signed_in.work.as_ref());
        let Some(work) = work.filter(|work| work.purpose == grounds.purpose) else { return draft };
        if let Some(case) = &work.case_number {
            draft = self.seal(draft, SealedField::Case, case.as_str());
        }
        if let Some(check) = grounds.case_check {
            draft = draft.text(ClearField::CaseCheck, check.word());
        }
        if let Some(reason) = &work.reason {
            draft = self.seal(draft, SealedField::Reason, reason.as_str());
        }
        draft
    }

    /// The roles that the person holds, in the order in which [`domain::Role::ALL`] has them.
    fn roles(&self) -> String {
        let Some(signed_in) = &self.ctx.person else { return String::new() };
        let roles = signed_in.standing.roles(self.ctx.now);
        roles.iter().map(|role| role.word()).collect::<Vec<_>>().join(" ")
    }

    fn name(&self) -> String {
        let Some(signed_in) = &self.ctx.person else { return String::new() };
        let by = signed_in.token.as_ref().map(|token| format!(", by the token “{}”", token.name));
        format!("{}{}", signed_in.standing.person.named(), by.unwrap_or_default())
    }

    /// Seals a field under a fresh salt.
    pub(crate) fn seal(&self, draft: Draft, field: SealedField, text: impl Into<String>) -> Draft {
        draft.seal(field, &salt(self.app.inner().chance.as_ref()), text.into())
    }

    /// The leaf of a draft, with the clear text that goes beside it.
    pub(crate) fn leaf(&self, draft: Draft) -> Result<NewLeaf, StoreError> {
        let written = draft
            .write()
            .map_err(|_| StoreError::Conflict { what: "a record that is too long" })?;
        Ok(self.of_written(written))
    }

    fn of_written(&self, written: Written) -> NewLeaf {
        let clear = written.disclosures.into_iter().map(|(field, disclosure)| ClearText {
            field,
            disclosure,
            goes_at: self.field_goes_at(field),
        });
        NewLeaf { entry: written.entry, clear: clear.collect(), ..NewLeaf::default() }
    }

    /// When the clear text of a field goes. Reasons are kept for as long as the agency's policy says.
    fn field_goes_at(&self, field: SealedField) -> Option<Timestamp> {
        if field != SealedField::Reason {
            return self.goes_at(field.schedule());
        }
        let policy = self.ctx.person.as_ref().and_then(|signed_in| signed_in.policy.clone());
        let policy = policy.or_else(|| self.app.policy(self.ctx.agency))?;
        match policy.bundle.settings().reasons.cleartext {
            Cleartext::Forever => None,
            Cleartext::WithReads => self.goes_at(Schedule::WithReads),
            Cleartext::Days(days) => {
                Some(self.ctx.now.plus(Duration::from_secs(u64::from(days) * 86_400)))
            }
        }
    }

    /// When clear text of this schedule goes.
    pub(crate) fn goes_at(&self, schedule: Schedule) -> Option<Timestamp> {
        let kept = || self.app.reads_named_for(self.ctx.agency).holds;
        (schedule == Schedule::WithReads).then(|| self.ctx.now.plus(kept()))
    }

    /// That the act which began with a leaf showed these plates: kept as long as the clear text of what it showed.
    pub(crate) fn plates<'c>(
        &self,
        codes: impl IntoIterator<Item = &'c Code>,
        begun: u64,
    ) -> Vec<PlateMark> {
        let goes_at = self.goes_at(Schedule::WithReads);
        let mark = |code: &Code| PlateMark { code: *code, begun: Some(begun), goes_at };
        codes.into_iter().map(mark).collect()
    }

    fn pseudonym(&self, of: &str) -> String {
        pseudonym(&self.app.inner().recorder.pseudonyms, of)
    }
}

/// For how long the clear text that names reads is kept beside a log, from the act on that touched them.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct NamedFor {
    /// For so long: the shorter of the two.
    pub holds: Duration,
    /// As the server is configured.
    pub configured: Duration,
    /// For how long the agency's policy keeps reads; none for the server's own log, which names none.
    pub retention: Option<Duration>,
}

impl App {
    /// For how long clear text of an agency's log that names reads is kept: never longer than the reads themselves.
    ///
    /// A server that is configured to name them for longer is no contradiction for which a start or a change of policy is
    /// refused: a stricter policy would then have to wait for whoever can write the server's files. The shorter one holds at
    /// once, for what is written from then on, and the ledger's page says which of the two it is.
    pub fn reads_named_for(&self, agency: AgencyId) -> NamedFor {
        let configured = self.inner().config.ledger.reads_named_for;
        let days = self.policy(agency).map(|policy| policy.bundle.settings().retention.days);
        let retention = days.map(|days| Duration::from_secs(u64::from(days) * 86_400));
        let holds = retention.map_or(configured, |retention| retention.min(configured));
        NamedFor { holds, configured, retention }
    }

    /// An actor's pseudonym in the ledger.
    pub(crate) fn pseudonym_of(&self, actor: Actor) -> String {
        pseudonym(&self.inner().recorder.pseudonyms, &format!("actor {actor:?}"))
    }
}

/// A word that stands for somebody: the same each time, and not to be guessed without the server's key.
fn pseudonym(key: &SubKey, of: &str) -> String {
    let code = Salter::new(key.expose()).salt(of.as_bytes());
    code.iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}
