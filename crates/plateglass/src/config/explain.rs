//! What a configuration means, with everything filled in.

use std::fmt::Write as _;

use super::{AgencySection, Config, EngineWord, LedgerSection, TellingSection};

/// The configuration in force, in words.
pub(crate) fn explain(config: &Config) -> String {
    let mut out = String::new();
    // Writing to a string cannot fail.
    let mut say = |what: &str, value: String| {
        let _ = writeln!(out, "{what:<14} {value}");
    };
    say("data", format!("{} (rows, pictures, keys; back keys up apart)", config.data_dir));
    say(
        "server key",
        format!("{} (64 hexadecimal digits, readable by the server alone)", config.key_file()),
    );
    say("listen", config.listen.to_string());
    say("address", format!("{} (what links begin with)", config.origin(config.listen)));
    let metrics = config
        .metrics_listen
        .map_or_else(|| "nowhere".to_owned(), |at| format!("http://{at}/metrics"));
    say("metrics", metrics);
    say(
        "rows",
        match config.store.engine {
            EngineWord::Sqlite => format!(
                "encrypted SQLite files; {} days open at once, {} KiB of cache a connection",
                config.store.open_days_max, config.store.cache_kib
            ),
            EngineWord::Postgres => "PostgreSQL".to_owned(),
        },
    );
    say("days", format!("closed and sealed {} min after midnight UTC", config.seal_after_min));
    let recognition = &config.recognition;
    say(
        "frames",
        if recognition.enabled {
            format!(
                "read by {}; dropped under {}; {} at once, {} may wait",
                recognition
                    .models_dir
                    .as_ref()
                    .map_or("the built-in models".to_owned(), ToString::to_string),
                recognition.confidence_min,
                recognition.threads,
                recognition.frames_waiting_max
            )
        } else {
            "refused: recognition is off; reads are taken".to_owned()
        },
    );
    explain_ledger(&config.ledger, &mut say);
    say(
        "mail",
        match &config.mail {
            Some(mail) => format!("from {} through {}:{}", mail.from, mail.host, mail.port),
            None => "none is sent: warnings stand on the console only".to_owned(),
        },
    );
    explain_telling(&config.telling, &mut say);
    say("log", format!("{:?}, {}", config.log.format, config.log.level).to_lowercase());
    for agency in &config.agencies {
        explain_agency(agency, &mut say);
    }
    for folder in &config.folders {
        let whose = folder.camera.clone().unwrap_or_else(|| "a folder for each camera".to_owned());
        let after = format!("{:?}", folder.when_done).to_lowercase();
        say(
            "folder",
            format!(
                "{} of {} ({whose}; every {} s; then {after})",
                folder.path, folder.agency, folder.every_s
            ),
        );
    }
    out
}

fn explain_telling(telling: &TellingSection, say: &mut impl FnMut(&str, String)) {
    let inside = match telling.private_hosts.as_slice() {
        [] => "nowhere inside the network".to_owned(),
        hosts => format!("inside the network to {} alone", hosts.join(", ")),
    };
    say("alerts", format!("push messages and webhooks go outside over https, and {inside}"));
}

fn explain_agency(agency: &AgencySection, say: &mut impl FnMut(&str, String)) {
    say("agency", agency.name.clone());
    if let Some(oidc) = &agency.oidc {
        let n_groups = oidc.roles.len();
        let groups = if n_groups == 1 { "group stands" } else { "groups stand" };
        say(
            "  signs in at",
            format!("{} (OpenID Connect; {n_groups} {groups} for roles)", oidc.issuer),
        );
    }
    if let Some(cases) = &agency.cases {
        say("its cases", cases.says());
    }
    for feed in &agency.hotlists {
        say("  fetches", feed.says());
    }
    if let Some(switch) = &agency.switch {
        say("its state", switch.says());
    }
}

fn explain_ledger(ledger: &LedgerSection, say: &mut impl FnMut(&str, String)) {
    say(
        "ledger",
        format!(
            "named {}; clear text that names reads is kept for {} days, or as long as an agency's policy keeps reads where that is shorter",
            ledger.origin.as_deref().unwrap_or("by chance"),
            ledger.reads_named_for_days
        ),
    );
    if ledger.witnesses.is_empty() {
        say("witnesses", "none: whoever runs this server could rewrite its ledger".to_owned());
    }
    for witness in &ledger.witnesses {
        say("witness", format!("{} at {}", witness.name, witness.url));
    }
}
