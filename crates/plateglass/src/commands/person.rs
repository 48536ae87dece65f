//! `plateglass person`: the first account, and the ways back when all are lost. Whoever can run it has the server in their
//! hands; what it does is in the ledger as a command's.

use anyhow::{Context as _, Result, bail};
use app::people::{
    Invitation, Inviting, enable_person, first_person, invite_again, release_password,
};
use app::training::{RecordCompletion, record_completion};
use app::{App, Ctx};
use domain::{Day, PersonId, Role};

use super::Whose;
use crate::config::Config;

/// People and their accounts.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum PersonCommand {
    /// Make an account and print the invitation by which its person comes to it.
    Add {
        #[command(flatten)]
        whose: Whose,
        /// The name with which they will sign in; never given to anybody else.
        login: String,
        /// Their name.
        #[arg(long)]
        name: String,
        /// Where mail reaches them.
        #[arg(long, default_value = "")]
        email: String,
        /// A role to give them, without anybody's approval: once for each.
        #[arg(long = "role", value_parser = role, required = true)]
        roles: Vec<Role>,
        /// Why.
        #[arg(long)]
        reason: String,
    },
    /// Print another invitation, for somebody who lost what they sign in with.
    Invite {
        #[command(flatten)]
        whose: Whose,
        /// Their sign-in name.
        login: String,
    },
    /// Release a password that failures locked (CJIS AC-7), and enable an account that is disabled: the last administrator's
    /// way back.
    Unlock {
        #[command(flatten)]
        whose: Whose,
        /// Their sign-in name.
        login: String,
    },
    /// Record that somebody completed a course with all its topics, as the first trainer's own.
    Train {
        #[command(flatten)]
        whose: Whose,
        /// Their sign-in name.
        login: String,
        /// The course's word in the bundle.
        #[arg(long, default_value = "reader")]
        course: String,
        /// On which day; today where nothing is said.
        #[arg(long, value_name = "YYYY-MM-DD")]
        day: Option<String>,
    },
}

fn role(word: &str) -> Result<Role, String> {
    let all = || Role::ALL.map(Role::word).join(", ");
    Role::parse(word).ok_or_else(|| format!("expected one of {}", all()))
}

/// Does it and says what it did.
#[expect(clippy::print_stdout, reason = "what the command was asked for")]
pub(crate) fn run(command: PersonCommand) -> Result<()> {
    match command {
        PersonCommand::Add { whose, login, name, email, roles, reason } => {
            let address = address(&whose)?;
            whose.with_agency(async |app, ctx| {
                let who = Inviting { login, name, email, is_outside: false, is_temporary: false };
                let made = first_person(app, ctx.agency, who, &roles, &reason).await?;
                print(&address, &made);
                Ok(())
            })
        }
        PersonCommand::Invite { whose, login } => {
            let address = address(&whose)?;
            whose.with_agency(async |app, ctx| {
                let id = named(app, &ctx, &login).await?;
                print(&address, &invite_again(app, &ctx, id).await?);
                Ok(())
            })
        }
        PersonCommand::Unlock { whose, login } => whose.with_agency(async |app, ctx| {
            let id = named(app, &ctx, &login).await?;
            release_password(app, &ctx, id).await?;
            enable_person(app, &ctx, id).await?;
            println!("the password is released and the account enabled");
            Ok(())
        }),
        PersonCommand::Train { whose, login, course, day } => {
            whose.with_agency(async |app, ctx| {
                let person = named(app, &ctx, &login).await?;
                train(app, &ctx, person, course, day).await?;
                println!("recorded");
                Ok(())
            })
        }
    }
}

/// Records a course with all its topics.
pub(crate) async fn train(
    app: &App,
    ctx: &Ctx,
    person: PersonId,
    course: String,
    day: Option<String>,
) -> Result<()> {
    let policy = app.policy_of(ctx.agency).await?;
    let Some(policy) = policy else { bail!("the agency has no policy in force") };
    let Some(about) = policy.bundle.settings().training.get(&course) else {
        bail!("the agency's policy knows no course \"{course}\"");
    };
    let day = match day {
        Some(day) => Day::parse(&day)?,
        None => policy.day(ctx.now),
    };
    let done = RecordCompletion { person, course, day, topics: about.topics.clone() };
    record_completion(app, ctx, done).await?;
    Ok(())
}

async fn named(app: &App, ctx: &Ctx, login: &str) -> Result<PersonId> {
    let found = app::people::by_login(app, ctx, login).await?;
    found.with_context(|| format!("nobody signs in as \"{login}\" here"))
}

fn address(whose: &Whose) -> Result<String> {
    let config = Config::read(&whose.config)?;
    Ok(config.origin(config.listen))
}

#[expect(clippy::print_stdout, reason = "what the command was asked for")]
fn print(address: &str, made: &Invitation) {
    println!("Invitation (works once, until {}):", made.expires_at);
    println!("{address}/invitation/{}", made.token.as_str());
}
