//! What people are reminded of, by mail to a real server; and accounts that nobody uses.

#![expect(clippy::unwrap_used, reason = "tests say what they expected by panicking")]

use std::path::Path;
use std::time::Duration;

use app::custom_entries::{AskingCustomEntry, ask_custom_entry};
use app::mail::{MailTrouble, send_due_mail};
use app::people::{
    Inviting, change_email, confirm_account, disable_unused, enable_person, first_person,
    list_people, open_person,
};
use app::reminders::{remind, watch_hits, watch_shifts};
use app::shifts::{PuttingOnDuty, SigningOn, put_on_duty, sign_on, take_off_duty};
use app::sign_in::{Door, session, with_password};
use app::stop_facts::{StopFactsAsk, enter_stop_facts};
use app::troubles::{ReportingTrouble, report_trouble};
use app::watch::watch_cameras;
use app::{
    Column, Ctx, HitAsk, ImportAsk, Layout, MailConfig, NewHotlist, Notice, Topic, add_camera,
    create_hotlist, do_with_hit, import_hotlist, take_reads,
};
use domain::{Category, DutyId, HitId, Mounting, NewCamera, PersonId, Role};
use outbound::{MailPassword, MailServer, Protection};
use testkit::house::{a_session, read, say_what_for, train};
use testkit::{House, PostOffice};

const TMP: &str = env!("CARGO_TARGET_TMPDIR");

fn server(office: &PostOffice) -> MailServer {
    MailServer {
        host: "127.0.0.1".to_owned(),
        port: office.port,
        protection: Protection::None,
        account: None,
        from: "Plateglass <alpr@testing.example>".to_owned(),
        authority_pem: None,
        timeout: Duration::from_secs(20),
    }
}

async fn house(server: MailServer) -> House {
    let mail = MailConfig { server, console_url: "https://plates.testing.example".to_owned() };
    House::with(|config| config.mail = Some(mail)).await
}

async fn somebody(house: &House, login: &str) -> PersonId {
    let who = Inviting {
        login: login.to_owned(),
        name: format!("Called {login}"),
        email: format!("{login}@testing.example"),
        is_outside: false,
        is_temporary: false,
    };
    first_person(&house.app, house.agency, who, &[Role::Officer], "a test").await.unwrap().person
}

/// One round of what the server does by the clock.
async fn round(house: &House) {
    let now = house.app.now();
    remind(&house.app, now).await.unwrap();
    send_due_mail(&house.app, now).await.unwrap();
}

async fn troubles(house: &House) -> Vec<MailTrouble> {
    list_people(&house.app, &house.admin()).await.unwrap().unsent
}

#[tokio::test]
async fn clause_aus_344_7b_who_is_trained_is_told_by_mail_before_it_lapses_and_once() {
    let Some(mut office) = PostOffice::open(Path::new(TMP)) else { return };
    let house = house(server(&office)).await;
    let chen = somebody(&house, "d.chen").await;
    train(&house.app, house.agency, chen).await;
    // Noon of 21 November: the training counts to the end of the year.
    round(&house).await;
    house.clock.set("2026-12-25T12:00:00Z");
    round(&house).await;
    round(&house).await;
    house.clock.set("2026-12-31T12:00:00Z");
    round(&house).await;

    let first = office.take();
    assert_eq!(
        (first.from.as_str(), first.to.as_slice()),
        ("alpr@testing.example", &["d.chen@testing.example".to_owned()][..])
    );
    assert!(
        first.text.contains("Subject: Your reader training lapses in 7 days"),
        "{}",
        first.text
    );
    assert!(first.text.contains("https://plates.testing.example/account"), "{}", first.text);
    // Neither a second one for the same warning nor one before its time came in between.
    let second = office.take();
    assert!(second.text.contains("lapses tonight at midnight"), "{}", second.text);
    assert!(troubles(&house).await.is_empty());
}

#[tokio::test]
async fn clause_aus_344_3_1a1_the_digest_of_sign_ins_comes_by_mail_each_day_and_once() {
    let Some(mut office) = PostOffice::open(Path::new(TMP)) else { return };
    let house = house(server(&office)).await;
    let who = Inviting {
        login: "c.stone".to_owned(),
        name: "C. Stone".to_owned(),
        email: "c.stone@testing.example".to_owned(),
        is_outside: false,
        is_temporary: false,
    };
    let roles = [Role::ChiefSecurityOfficer];
    first_person(&house.app, house.agency, who, &roles, "a test").await.unwrap();
    let door = Door { address: None, browser: "a test".to_owned(), device: None };
    with_password(&house.app, "nobody.here", "nine herons", &door).await.unwrap_err();
    house.clock.set("2026-11-22T06:00:00Z");
    round(&house).await;
    round(&house).await;
    house.clock.set("2026-11-23T06:00:00Z");
    round(&house).await;

    let first = office.take();
    assert_eq!(first.to, ["c.stone@testing.example"]);
    assert!(first.text.contains("Subject: Sign-ins and access on 2026-11-21"), "{}", first.text);
    assert!(first.text.contains("     1  failed sign-ins"), "{}", first.text);
    assert!(
        first.text.contains("/security?day=3D2026-11-21")
            || first.text.contains("/security?day=2026-11-21"),
        "{}",
        first.text
    );
    let second = office.take();
    assert!(second.text.contains("Subject: Sign-ins and access on 2026-11-22"), "{}", second.text);
}

#[tokio::test]
async fn clause_aus_344_3_1b_trouble_is_told_by_mail_to_the_security_officer_once_and_without_its_words()
 {
    let Some(mut office) = PostOffice::open(Path::new(TMP)) else { return };
    let house = house(server(&office)).await;
    let who = Inviting {
        login: "c.stone".to_owned(),
        name: "C. Stone".to_owned(),
        email: "c.stone@testing.example".to_owned(),
        is_outside: false,
        is_temporary: false,
    };
    let roles = [Role::ChiefSecurityOfficer];
    first_person(&house.app, house.agency, who, &roles, "a test").await.unwrap();
    for what in ["the mast leans", "the door is open"] {
        let said =
            ReportingTrouble { what: what.to_owned(), camera: None, urgency: "high".to_owned() };
        report_trouble(&house.app, &house.admin(), &said).await.unwrap();
    }
    watch_cameras(&house.app, house.app.now()).await.unwrap();
    send_due_mail(&house.app, house.app.now()).await.unwrap();
    for number in 1..=2 {
        let mail = office.take();
        assert_eq!(mail.to, ["c.stone@testing.example"]);
        let subject = format!("Subject: Trouble {number}: reported");
        assert!(mail.text.contains(&subject), "{}", mail.text);
        assert!(mail.text.contains(&format!("/trouble/{number}")), "{}", mail.text);
        assert!(!mail.text.contains("mast") && !mail.text.contains("door"), "{}", mail.text);
    }
}

#[tokio::test]
async fn control_ac_2j_who_may_confirm_accounts_is_told_once_a_month() {
    let Some(mut office) = PostOffice::open(Path::new(TMP)) else { return };
    let house = house(server(&office)).await;
    let who = Inviting {
        login: "admin".to_owned(),
        name: "Ada Min".to_owned(),
        email: "admin@testing.example".to_owned(),
        is_outside: false,
        is_temporary: false,
    };
    let roles = [Role::Administrator];
    let admin = first_person(&house.app, house.agency, who, &roles, "a test").await.unwrap().person;
    round(&house).await;
    house.clock.set("2027-11-22T12:00:00Z");
    round(&house).await;
    round(&house).await;
    let mail = office.take();
    assert!(mail.text.contains("Subject: 2 accounts to confirm"), "{}", mail.text);

    for person in [admin, house.person] {
        let by = Ctx::command(house.agency, house.app.now());
        confirm_account(&house.app, &by, person).await.unwrap();
    }
    house.clock.set("2027-12-22T12:00:00Z");
    round(&house).await;
    house.clock.set("2028-12-22T12:00:00Z");
    round(&house).await;
    let mail = office.take();
    assert!(mail.text.contains("Subject: 2 accounts to confirm"), "the month after came none");
}

#[tokio::test]
async fn mail_goes_over_tls_from_an_account_to_a_server_that_the_agencys_authority_vouches_for() {
    let folder = tempfile::tempdir().unwrap();
    let Some((mut office, authority)) = PostOffice::open_protected(Path::new(TMP), folder.path())
    else {
        return;
    };
    let protected = MailServer {
        host: "localhost".to_owned(),
        protection: Protection::StartTls,
        account: Some(("alpr".to_owned(), MailPassword::new("a password in a file".to_owned()))),
        authority_pem: Some(authority),
        ..server(&office)
    };
    let strangers = MailServer { authority_pem: None, ..protected.clone() };
    let stranger = house(strangers).await;
    let chen = somebody(&stranger, "d.chen").await;
    train(&stranger.app, stranger.agency, chen).await;
    stranger.clock.set("2026-12-25T12:00:00Z");
    round(&stranger).await;
    let why = troubles(&stranger).await.remove(0);
    assert!(why.trouble.contains("certificate"), "{why:?}");
    assert!(why.next_try_at.is_some(), "an authority can be added");

    let house = house(protected).await;
    let chen = somebody(&house, "k.ellis").await;
    train(&house.app, house.agency, chen).await;
    house.clock.set("2026-12-25T12:00:00Z");
    round(&house).await;
    let mail = office.take();
    assert!(mail.secure, "it came over TLS");
    assert_eq!(mail.to, ["k.ellis@testing.example"], "the stranger's never arrived");
}

#[tokio::test]
async fn mail_that_is_not_taken_is_tried_again_and_who_cannot_be_written_to_is_named() {
    let Some(mut office) = PostOffice::open(Path::new(TMP)) else { return };
    let house = house(server(&office)).await;
    for login in ["busy", "nobody"] {
        let person = somebody(&house, login).await;
        train(&house.app, house.agency, person).await;
    }
    house.clock.set("2026-12-25T12:00:00Z");
    round(&house).await;
    let told = troubles(&house).await;
    let why = |part: &str| told.iter().find(|one| one.trouble.contains(part)).unwrap();
    assert_eq!(why("no such mailbox").next_try_at, None, "given up");
    assert!(why("try again later").next_try_at.is_some());

    // The address is mended: the same mail goes there, and the one that was given up is not taken up again.
    let busy = why("try again later").person;
    change_email(&house.app, &house.admin(), busy, "free@testing.example").await.unwrap();
    house.clock.set("2026-12-25T12:05:00Z");
    round(&house).await;
    assert_eq!(office.take().to, ["free@testing.example"]);
    assert!(troubles(&house).await.iter().all(|one| one.person != busy));
}

#[tokio::test]
async fn control_ac_2_3_an_account_that_nobody_used_for_ninety_days_is_disabled() {
    let house = House::new().await;
    let (chen, ellis) = (somebody(&house, "d.chen").await, somebody(&house, "k.ellis").await);
    a_session(&house.app, house.person).await;
    let off = async |person| {
        let standing = open_person(&house.app, &house.admin(), person).await.unwrap();
        standing.row.person.disabled.map(|disabled| disabled.why)
    };
    house.clock.set("2027-02-19T11:00:00Z");
    disable_unused(&house.app, house.app.now()).await.unwrap();
    assert_eq!((off(chen).await, off(ellis).await), (None, None), "an hour short of ninety days");
    house.clock.set("2027-02-19T12:00:00Z");
    a_session(&house.app, ellis).await;
    disable_unused(&house.app, house.app.now()).await.unwrap();
    assert_eq!(off(chen).await.as_deref(), Some("not used for 90 days (CJIS AC-2(3))"));
    assert_eq!(off(ellis).await, None, "who came today");

    enable_person(&house.app, &house.admin(), chen).await.unwrap();
    house.clock.set("2027-02-20T12:00:00Z");
    disable_unused(&house.app, house.app.now()).await.unwrap();
    assert_eq!(off(chen).await, None, "it begins anew");
}

#[tokio::test]
async fn a_hotlist_past_the_law_raises_no_hits_and_is_told_by_mail_once_until_it_is_renewed() {
    let Some(mut office) = PostOffice::open(Path::new(TMP)) else { return };
    let house = house(server(&office)).await;
    let app = &house.app;
    let agency = app.add_agency("Law PD", None).await.unwrap();
    let (_, files) = policy::shipped().iter().find(|(word, _)| *word == "example").unwrap();
    let law = "[hotlists]\nlaw = { hours = 24, clause = \"Example-Act-5\" }\n";
    let settings = files.settings.replace("[hotlists]\n", law).into();
    let clause = "\n[[clause]]\nid = \"Example-Act-5\"\nsays = \"Lists are renewed daily.\"\nsettings = [\"hotlists.law\"]\n";
    let clauses = format!("{}{clause}", files.clauses).into();
    let files = policy::BundleFiles { settings, clauses, ..files.clone() };
    app.begin_policy(agency, &files, "Etc/UTC").await.unwrap();
    let who = Inviting {
        login: "l.keeper".to_owned(),
        name: "L. Keeper".to_owned(),
        email: "l.keeper@testing.example".to_owned(),
        is_outside: false,
        is_temporary: false,
    };
    first_person(app, agency, who, &[Role::Administrator], "a test").await.unwrap();
    let by = || Ctx::command(agency, app.now());
    let about = NewHotlist {
        name: "Stolen".to_owned(),
        source: "a test".to_owned(),
        category: Category::StolenVehicle,
    };
    let list = create_hotlist(app, &by(), about).await.unwrap().id;
    let import = async || {
        let layout = Some(Layout::plain(Column::Number(1)));
        let ask = ImportAsk { layout, dry_run: false, file_name: String::new(), size_bytes: None };
        let file = Box::new(std::io::Cursor::new("plate\nAAA111\n"));
        import_hotlist(app, &by(), list, file, ask).await.unwrap();
    };
    import().await;
    let camera = NewCamera {
        name: "Main / 1st".to_owned(),
        // Its place is nobody's to sign off.
        mounting: Mounting::Trailer,
        site: "Main St".to_owned(),
        heading_deg: None,
        position: None,
    };
    let camera = add_camera(app, &by(), camera).await.unwrap().camera.id;
    let n_hits = async |event: &str| {
        let sent = vec![read(camera, event, "AAA111", None)];
        take_reads(app, &Ctx::camera(agency, camera, app.now()), sent).await.unwrap()[0].n_hits
    };
    house.clock.pass(Duration::from_secs(24 * 3600 - 1));
    assert_eq!(n_hits("1").await, 1);
    round(&house).await;
    house.clock.pass(Duration::from_secs(1));
    assert_eq!(n_hits("2").await, 0);
    round(&house).await;
    round(&house).await;
    import().await;
    assert_eq!(n_hits("3").await, 1);
    house.clock.pass(Duration::from_secs(24 * 3600));
    round(&house).await;

    for _ in 0..2 {
        let mail = office.take();
        assert_eq!(mail.to, ["l.keeper@testing.example"]);
        assert!(mail.text.contains("Subject: A hotlist raises no hits: Stolen"), "{}", mail.text);
        assert!(!mail.text.contains("AAA111"));
    }
    assert!(troubles(&house).await.is_empty());
}

#[tokio::test]
async fn clause_twf_401_4g_units_on_duty_that_are_not_signed_on_are_told_of_by_mail() {
    let Some(mut office) = PostOffice::open(Path::new(TMP)) else { return };
    let house = house(server(&office)).await;
    let who = Inviting {
        login: "k.boss".to_owned(),
        name: "K. Boss".to_owned(),
        email: "k.boss@testing.example".to_owned(),
        is_outside: false,
        is_temporary: false,
    };
    first_person(&house.app, house.agency, who, &[Role::Supervisor], "a test").await.unwrap();
    house.clock.set("2026-11-21T13:59:00Z");
    for unit in ["12A", "14", "15"] {
        let shift = "2026-11-21T14:00:00Z".to_owned();
        let said = PuttingOnDuty { unit: unit.to_owned(), person: None, shift };
        put_on_duty(&house.app, &house.admin(), &said).await.unwrap();
    }
    let round = async |moment: &str| {
        house.clock.set(moment);
        watch_shifts(&house.app, house.app.now()).await.unwrap();
        send_due_mail(&house.app, house.app.now()).await.unwrap();
    };
    round("2026-11-21T14:14:59Z").await;
    let shift = "2026-11-21T22:00:00Z".to_owned();
    let said = SigningOn { unit: "14".to_owned(), camera: None, shift };
    sign_on(&house.app, &house.admin(), &said).await.unwrap();
    round("2026-11-21T14:15:00Z").await;
    round("2026-11-21T14:16:00Z").await;
    let mail = office.take();
    assert_eq!(mail.to, ["k.boss@testing.example"]);
    let subject = "Subject: 2 units on duty are not signed on";
    assert!(mail.text.contains(subject), "nobody was told before, and of no more: {}", mail.text);
    assert!(mail.text.contains("/shift") && !mail.text.contains("12A"), "{}", mail.text);
    for duty in 1..=2 {
        let id = DutyId::from_i64(duty);
        take_off_duty(&house.app, &house.admin(), id).await.unwrap();
    }
    round("2026-11-21T14:30:00Z").await;
    let again = office.take();
    let subject = "Subject: 1 unit on duty is not signed on";
    assert!(again.text.contains(subject), "half an hour later, and not before: {}", again.text);
}

#[tokio::test]
async fn clause_twf_401_4f_whoever_may_approve_is_told_of_an_entry_that_waits_and_not_who_asked() {
    let Some(mut office) = PostOffice::open(Path::new(TMP)) else { return };
    let house = house(server(&office)).await;
    let app = &house.app;
    let mut supervisors = Vec::new();
    for login in ["a.author", "k.boss"] {
        let who = Inviting {
            login: login.to_owned(),
            name: login.to_owned(),
            email: format!("{login}@testing.example"),
            is_outside: false,
            is_temporary: false,
        };
        let roles = [Role::Supervisor];
        let invited = first_person(app, house.agency, who, &roles, "a test").await.unwrap();
        train(app, house.agency, invited.person).await;
        supervisors.push(invited.person);
    }
    let token = a_session(app, supervisors[0]).await;
    let author = session(app, &token, app.now()).await.unwrap().unwrap();
    let asked = AskingCustomEntry {
        plate: "7ABC123".to_owned(),
        make: "Honda".to_owned(),
        category: "stolen-vehicle".to_owned(),
        case_number: "26-001234".to_owned(),
        reason: "owner saw it leave the garage downtown last night".to_owned(),
        expires_at: Some(app.now().plus(Duration::from_secs(24 * 3600))),
        roles: vec!["officer".to_owned()],
        ..AskingCustomEntry::default()
    };
    ask_custom_entry(app, &author, &asked).await.unwrap();
    round(&house).await;
    round(&house).await;
    house.clock.pass(Duration::from_secs(4 * 3600));
    round(&house).await;
    house.clock.pass(Duration::from_secs(20 * 3600));
    round(&house).await;
    for subject in
        ["Subject: Entry 1 waits for approval", "Subject: Entry 1 still waits for approval"]
    {
        let mail = office.take();
        assert_eq!(mail.to, ["k.boss@testing.example"], "not who asked");
        assert!(mail.text.contains(subject), "{}", mail.text);
        assert!(mail.text.contains("https://plates.testing.example/entries/1"), "{}", mail.text);
        assert!(!mail.text.contains("7ABC123") && !mail.text.contains("garage"));
    }
    assert!(troubles(&house).await.is_empty());
}

#[tokio::test]
async fn clause_aus_344_6b10_who_made_a_stop_is_reminded_of_its_facts_once_a_week_until_they_are_entered()
 {
    let Some(mut office) = PostOffice::open(Path::new(TMP)) else { return };
    let house = house(server(&office)).await;
    let app = &house.app;
    let chen = somebody(&house, "d.chen").await;
    train(app, house.agency, chen).await;
    house.want(Category::StolenVehicle, &["AAA111"]).await;
    let mut told = app.bus().subscribe(house.agency, None);
    let sent = vec![read(house.camera, "1", "AAA111", None)];
    take_reads(app, &house.camera(), sent).await.unwrap();
    while !matches!(told.next().await, Some(Notice::Event(event)) if event.topic == Topic::Hits) {}
    let token = a_session(app, chen).await;
    say_what_for(app, &token).await;
    let ctx = session(app, &token, app.now()).await.unwrap().unwrap();
    do_with_hit(app, &ctx, HitId::from_i64(1), HitAsk::Stop).await.unwrap();
    let round = async || {
        watch_hits(app, app.now()).await.unwrap();
        send_due_mail(app, app.now()).await.unwrap();
    };
    house.clock.pass(Duration::from_secs(24 * 3600));
    round().await;
    house.clock.pass(Duration::from_secs(24 * 3600 + 1));
    round().await;
    round().await;
    house.clock.pass(Duration::from_secs(7 * 24 * 3600));
    round().await;
    for _ in 0..2 {
        let mail = office.take();
        assert_eq!(mail.to, ["d.chen@testing.example"]);
        assert!(mail.text.contains("Subject: The facts of 1 stop are missing"), "{}", mail.text);
        assert!(!mail.text.contains("AAA111"));
    }
    let token = a_session(app, chen).await;
    let ctx = session(app, &token, app.now()).await.unwrap().unwrap();
    let [race, gender, offence, with] = ["White", "Man", "240", "with"].map(str::to_owned);
    let facts = StopFactsAsk {
        driver_race: race,
        driver_gender: gender,
        offence,
        investigation: with,
        ..StopFactsAsk::default()
    };
    enter_stop_facts(app, &ctx, HitId::from_i64(1), &facts).await.unwrap();
    house.clock.pass(Duration::from_secs(7 * 24 * 3600));
    round().await;
    assert!(troubles(&house).await.is_empty());
}
