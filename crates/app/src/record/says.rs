//! What leaves say of an act: who, in which role, from where, when, what, and who decided.

use domain::{Actor, SubKey, Timestamp};
use ledger::batch::Salter;
use ledger::leaf::{ClearField, Draft, Kind, Schedule, SealedField, Written};
use store::{ClearText, LogId, NewLeaf, StoreError};

use super::{Ctx, salt};
use crate::App;

/// The policies that decide until an agency's bundle does: one that lets administrators do everything.
const BUILT_IN: &str = "built-in";

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
        match self.ctx.actor {
            Actor::Nobody => LogId::SERVER,
            _ => LogId::of_agency(self.ctx.agency),
        }
    }

    /// Who does what, from where, in which session; when, sealed.
    pub(crate) fn who(&self, kind: Kind, action: &str) -> Draft {
        let Ctx { actor, origin, now, .. } = self.ctx;
        let (actor_kind, role, name) = match actor {
            Actor::Administrator(_) => ("person", "administrator", "the administrator".to_owned()),
            Actor::Camera(_, camera) => ("camera", "camera", format!("camera {camera}")),
            Actor::Server => ("server", "server", "the server".to_owned()),
            Actor::Nobody => ("nobody", "none", String::new()),
        };
        let mut draft = Draft::new(kind)
            .text(ClearField::Action, action)
            .text(ClearField::ActorKind, actor_kind)
            .text(ClearField::Role, role)
            .text(ClearField::Where, origin.part.word())
            .text(ClearField::Day, now.day().to_string());
        if *actor != Actor::Nobody {
            draft = draft.text(ClearField::Actor, self.pseudonym(&format!("actor {actor:?}")));
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
    pub(crate) fn permitted(&self, kind: Kind, action: &str, purpose: &str) -> Draft {
        self.who(kind, action)
            .text(ClearField::Decision, "permit")
            .words(ClearField::Policies, [BUILT_IN])
            .text(ClearField::Bundle, "none")
            .text(ClearField::Purpose, purpose)
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
            goes_at: self.goes_at(field.schedule()),
        });
        NewLeaf { entry: written.entry, clear: clear.collect(), ..NewLeaf::default() }
    }

    /// When clear text of this schedule goes.
    pub(crate) fn goes_at(&self, schedule: Schedule) -> Option<Timestamp> {
        let kept = self.app.inner().config.ledger.reads_named_for;
        (schedule == Schedule::WithReads).then(|| self.ctx.now.plus(kept))
    }

    fn pseudonym(&self, of: &str) -> String {
        pseudonym(&self.app.inner().recorder.pseudonyms, of)
    }
}

/// A word that stands for somebody: the same each time, and not to be guessed without the server's key.
fn pseudonym(key: &SubKey, of: &str) -> String {
    let code = Salter::new(key.expose()).salt(of.as_bytes());
    code.iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}
