//! People and their accounts, the roles that they hold, the courses that they completed.

use std::time::Duration;

use domain::access::{GrantRole, LockAccount};
use domain::{
    AgencyId, Completion, CompletionId, Grant, GrantId, Login, NewPerson, PersonId, Role,
};
use store::{Store, StoreError};
use testkit::both_engines;

use crate::fixtures::{a_person, a_session, an_agency, noon, permit, today};

const MINUTE: Duration = Duration::from_secs(60);

fn called(login: &str) -> NewPerson {
    NewPerson {
        login: Login::parse(login).unwrap(),
        name: "R. Ortiz".to_owned(),
        email: "r.ortiz@example.gov".to_owned(),
        is_outside: true,
        ends_at: Some(noon().plus(MINUTE)),
    }
}

#[tokio::test]
async fn control_ia_4_a_login_is_never_given_twice_not_even_by_another_agency() {
    both_engines(|bench| async move {
        let store = &bench.store;
        let (ours, theirs) = (an_agency(store).await, an_agency(store).await);
        let new = called("r.ortiz");
        let by = a_person(store, ours, "chief").await;
        let added = store.add_person(&permit(ours), &new, Some(by), noon()).await.unwrap();
        let id = added.expect("nobody had the name");
        for agency in [ours, theirs] {
            let again = store.add_person(&permit(agency), &new, None, noon()).await.unwrap();
            assert_eq!(again, None);
        }
        store.disable_person(&permit(ours), id, "left", noon()).await.unwrap();
        let again = store.add_person(&permit(ours), &new, None, noon()).await.unwrap();
        assert_eq!(again, None, "who left keeps the name");

        let person = store.person_by_login(&new.login).await.unwrap().unwrap();
        assert_eq!(Some(&person), store.person(id).await.unwrap().as_ref());
        assert_eq!((person.agency, &person.login, person.added_by), (ours, &new.login, Some(by)));
        assert_eq!((person.email.as_str(), person.is_outside), ("r.ortiz@example.gov", true));
        assert_eq!((person.ends_at, person.added_at), (Some(noon().plus(MINUTE)), noon()));
        assert_eq!(person.enrolled_at, None);
    })
    .await;
}

#[tokio::test]
async fn two_who_are_invited_at_once_under_one_name_are_one() {
    both_engines(|bench| async move {
        let store = &bench.store;
        let agency = an_agency(store).await;
        let (manage, new) = (permit(agency), called("r.ortiz"));
        let both = tokio::join!(
            store.add_person(&manage, &new, None, noon()),
            store.add_person(&manage, &new, None, noon())
        );
        assert_eq!([both.0.unwrap(), both.1.unwrap()].iter().flatten().count(), 1);
    })
    .await;
}

#[tokio::test]
async fn control_ac_2_a_disabled_account_loses_its_sessions_at_once() {
    both_engines(|bench| async move {
        let store = &bench.store;
        let (ours, theirs) = (an_agency(store).await, an_agency(store).await);
        let (one, other) =
            (a_person(store, ours, "one").await, a_person(store, ours, "other").await);
        for (seed, person) in [(1, one), (2, one), (3, other)] {
            store.add_session(&a_session(seed, person)).await.unwrap();
        }
        let elsewhere = permit::<LockAccount>(theirs);
        store.disable_person(&elsewhere, one, "not theirs", noon()).await.unwrap();
        assert_eq!(store.person(one).await.unwrap().unwrap().disabled, None);
        assert_eq!(store.sessions_of(one, noon()).await.unwrap().len(), 2);

        store.disable_person(&permit(ours), one, "left the agency", noon()).await.unwrap();
        let disabled = store.person(one).await.unwrap().unwrap();
        assert!(!disabled.is_usable(noon()));
        assert_eq!(disabled.disabled.as_ref().unwrap().why, "left the agency");
        assert!(store.sessions_of(one, noon()).await.unwrap().is_empty());
        assert_eq!(store.sessions_of(other, noon()).await.unwrap().len(), 1);
        // The first reason stands.
        store.disable_person(&permit(ours), one, "again", noon().plus(MINUTE)).await.unwrap();
        assert_eq!(store.person(one).await.unwrap().as_ref(), Some(&disabled));

        store.enable_person(&permit(theirs), one, noon()).await.unwrap();
        assert!(store.person(one).await.unwrap().unwrap().disabled.is_some());
        store.enable_person(&permit(ours), one, noon()).await.unwrap();
        assert!(store.person(one).await.unwrap().unwrap().is_usable(noon()));
        assert!(store.sessions_of(one, noon()).await.unwrap().is_empty());
    })
    .await;
}

#[tokio::test]
async fn use_and_review_of_an_account_are_noted_and_use_never_goes_back() {
    both_engines(|bench| async move {
        let store = &bench.store;
        let (ours, theirs) = (an_agency(store).await, an_agency(store).await);
        let id = a_person(store, ours, "one").await;
        store.note_use(id, noon().plus(MINUTE)).await.unwrap();
        store.note_use(id, noon()).await.unwrap();
        store.person_reviewed(&permit(theirs), id, noon()).await.unwrap();
        let person = store.person(id).await.unwrap().unwrap();
        assert_eq!((person.last_used_at, person.reviewed_at), (Some(noon().plus(MINUTE)), None));
        store.person_reviewed(&permit(ours), id, noon()).await.unwrap();
        assert_eq!(store.person(id).await.unwrap().unwrap().reviewed_at, Some(noon()));
        assert!(store.has_people(ours).await.unwrap() && !store.has_people(theirs).await.unwrap());
    })
    .await;
}

fn to(person: PersonId, role: Role, given_by: Option<PersonId>) -> Grant {
    Grant {
        id: GrantId::from_i64(0),
        person,
        role,
        reason: "yearly audit".to_owned(),
        given_by,
        by_provider: false,
        given_at: noon(),
        approved_by: None,
        approved_at: None,
        ends_at: None,
        ended_by: None,
        ended_at: None,
    }
}

async fn roles(store: &Store, person: PersonId) -> Vec<Role> {
    let standing = store.standing(person).await.unwrap().unwrap();
    standing.roles(noon()).into_iter().collect()
}

#[tokio::test]
async fn a_role_counts_once_a_third_person_has_approved_it() {
    both_engines(|bench| async move {
        let store = &bench.store;
        let (ours, theirs) = (an_agency(store).await, an_agency(store).await);
        let giver = a_person(store, ours, "giver").await;
        let holder = a_person(store, ours, "holder").await;
        let third = a_person(store, ours, "third").await;
        let give = permit::<GrantRole>(ours);
        let id = store.add_grant(&give, &to(holder, Role::Auditor, Some(giver))).await.unwrap();
        assert!(roles(store, holder).await.is_empty());
        for wrong in [giver, holder] {
            assert!(!store.approve_grant(&permit(ours), id, wrong, noon()).await.unwrap());
        }
        assert!(!store.approve_grant(&permit(theirs), id, third, noon()).await.unwrap());
        assert!(roles(store, holder).await.is_empty());
        assert!(store.approve_grant(&permit(ours), id, third, noon()).await.unwrap());
        assert!(!store.approve_grant(&permit(ours), id, third, noon()).await.unwrap());
        assert_eq!(roles(store, holder).await, [Role::Auditor]);
        let grant = store.grants(&permit(ours)).await.unwrap().remove(0);
        assert_eq!((grant.given_by, grant.approved_by), (Some(giver), Some(third)));

        // A permit of another agency gives nobody of ours a role.
        let stray = store.add_grant(&permit(theirs), &to(holder, Role::Officer, None)).await;
        assert!(matches!(stray, Err(StoreError::Missing { what: "person" })));
        assert!(store.grants(&permit(theirs)).await.unwrap().is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_role_ends_by_itself_or_when_somebody_ends_it_and_stays_on_record() {
    both_engines(|bench| async move {
        let store = &bench.store;
        let (ours, theirs) = (an_agency(store).await, an_agency(store).await);
        let holder = a_person(store, ours, "holder").await;
        let admin = a_person(store, ours, "admin").await;
        let give = permit(ours);
        let at_once = Grant { approved_at: Some(noon()), ..to(holder, Role::Officer, Some(admin)) };
        let ends = Grant { ends_at: Some(noon().plus(MINUTE)), ..at_once.clone() };
        store.add_grant(&give, &Grant { role: Role::Trainer, ..ends }).await.unwrap();
        let id = store.add_grant(&give, &at_once).await.unwrap();
        let standing = store.standing(holder).await.unwrap().unwrap();
        assert_eq!(standing.roles(noon()).len(), 2);
        assert_eq!(Vec::from_iter(standing.roles(noon().plus(MINUTE))), [Role::Officer]);

        assert!(!store.end_grant(&permit(theirs), id, None, noon()).await.unwrap());
        assert!(store.end_grant(&give, id, Some(admin), noon()).await.unwrap());
        assert!(!store.end_grant(&give, id, Some(admin), noon()).await.unwrap());
        assert_eq!(roles(store, holder).await, [Role::Trainer]);
        let all = store.grants(&permit(ours)).await.unwrap();
        assert_eq!((all.len(), all[1].ended_by, all[1].ended_at), (2, Some(admin), Some(noon())));
        // One that ended before it was approved is approved no more.
        let third = a_person(store, ours, "third").await;
        let waits = store.add_grant(&give, &to(holder, Role::Chief, Some(admin))).await.unwrap();
        assert!(store.end_grant(&give, waits, Some(admin), noon()).await.unwrap());
        assert!(!store.approve_grant(&permit(ours), waits, third, noon()).await.unwrap());
    })
    .await;
}

fn completed(person: PersonId, recorded_by: Option<PersonId>) -> Completion {
    Completion {
        id: CompletionId::from_i64(0),
        person,
        course: "reader".to_owned(),
        day: today(),
        topics: vec!["safeguards".to_owned(), "examples of misuse".to_owned()],
        recorded_by,
        recorded_at: noon(),
        withdrawn_at: None,
    }
}

#[tokio::test]
async fn a_completed_course_stands_until_it_is_withdrawn() {
    both_engines(|bench| async move {
        let store = &bench.store;
        let (ours, theirs) = (an_agency(store).await, an_agency(store).await);
        let (officer, trainer) =
            (a_person(store, ours, "officer").await, a_person(store, ours, "trainer").await);
        let record = permit(ours);
        let done = completed(officer, Some(trainer));
        let stray = store.add_completion(&permit(theirs), &done).await;
        assert!(matches!(stray, Err(StoreError::Missing { what: "person" })));
        let id = store.add_completion(&record, &done).await.unwrap();
        let kept = Completion { id, ..done.clone() };
        let kept = [kept];
        assert_eq!(store.standing(officer).await.unwrap().unwrap().completions, kept);
        assert_eq!(store.completions(&permit(ours)).await.unwrap(), kept);
        assert!(store.completions(&permit(theirs)).await.unwrap().is_empty());

        let later = noon().plus(MINUTE);
        let withdraw = async |agency: AgencyId| {
            store.withdraw_completion(&permit(agency), id, Some(trainer), later).await.unwrap()
        };
        assert!(!withdraw(theirs).await);
        assert!(withdraw(ours).await);
        assert!(!withdraw(ours).await);
        assert!(store.standing(officer).await.unwrap().unwrap().completions.is_empty());
        let all = store.completions(&permit(ours)).await.unwrap();
        assert_eq!((all.len(), all[0].withdrawn_at), (1, Some(later)));
        let none = store.add_completion(&record, &Completion { topics: Vec::new(), ..done }).await;
        assert_ne!(none.unwrap(), id);
        assert!(store.standing(officer).await.unwrap().unwrap().completions[0].topics.is_empty());
    })
    .await;
}

#[tokio::test]
async fn another_agency_sees_none_of_the_people() {
    both_engines(|bench| async move {
        let store = &bench.store;
        let (ours, theirs) = (an_agency(store).await, an_agency(store).await);
        let (zoe, abe) = (a_person(store, ours, "zoe").await, a_person(store, ours, "abe").await);
        let listed = store.people(&permit(ours)).await.unwrap();
        assert_eq!(listed.iter().map(|one| one.id).collect::<Vec<_>>(), [abe, zoe]);
        assert_eq!(store.people_in_training(&permit(ours)).await.unwrap(), listed);
        assert!(store.people(&permit(theirs)).await.unwrap().is_empty());
        assert!(store.people_in_training(&permit(theirs)).await.unwrap().is_empty());
        assert!(store.locked_passwords(&permit(theirs)).await.unwrap().is_empty());
    })
    .await;
}
