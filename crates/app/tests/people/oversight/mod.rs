//! Oversight: the audit trail, the review inbox, reports of misuse, the weekly review, the daily digest.

mod audit;
mod digest;
mod misuse;
mod reviews;
mod week;

use app::oversight::{AuditAsk, AuditPage, search_audit};
use app::{AskError, Ctx};
use domain::{PersonId, Role};

use crate::scene::{Scene, stated};

pub(super) const CASE: &str = "26-1234567";
pub(super) const REASON: &str = "owner reported it stolen from the garage downtown";

/// A reason that names whom the officer should not look for.
pub(super) const SUSPICIOUS: &str = "wants to know where his ex-wife parks at night";

/// An auditor of Austin who has said that they audit.
pub(super) async fn auditor(scene: &Scene) -> Ctx {
    auditor_called(scene, "a.mora").await
}

pub(super) async fn auditor_called(scene: &Scene, login: &str) -> Ctx {
    let person = scene.somebody(login, &[Role::Auditor]).await;
    let ctx = scene.signed_in(person).await;
    scene.says(&ctx, &stated("audit", "", "quarterly audit of all looks by officers")).await
}

/// An officer of Austin, trained.
pub(super) async fn officer(scene: &Scene) -> (Ctx, PersonId) {
    let ctx = scene.trained("k.ellis", &[Role::Officer]).await;
    let person = ctx.person_id().unwrap();
    (ctx, person)
}

/// What an auditor finds.
pub(super) async fn found(scene: &Scene, ctx: &Ctx, ask: &AuditAsk) -> AuditPage {
    search_audit(scene.app(), ctx, ask).await.unwrap()
}

/// What is wrong with what was given: field and reason.
pub(super) fn invalid<T>(asked: Result<T, AskError>) -> (&'static str, String) {
    match asked {
        Err(AskError::Invalid { field, why }) => (field, why),
        Err(other) => panic!("{other:?}"),
        Ok(_) => panic!("it was taken"),
    }
}
