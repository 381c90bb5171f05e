//! An explanation in words.

use super::timeline::{Moment, What};
use super::words::{self, counted, list, quoted, time};
use super::{BrowserTold, Explanation, Passkey, WrongPasswords};
use crate::server::services::recorded::{PlanBefore, Shares};
use domain::ids::{BrowserId, PasskeyId};
use domain::intelligence::constants::STRIKE;
use domain::intelligence::{Cause, Ended, Evidence, Here};
use std::fmt::{self, Display, Formatter};

impl Display for Explanation {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Some(account) = &self.account else { return nobody(self, f) };
        writeln!(f, "{}", self.identifier)?;
        let password = if account.has_password { "with a password" } else { "without a password" };
        writeln!(f, "Account since {}, {password}. Now it is {}.", time(account.created), time(self.at))?;
        writeln!(f, "Recorded: {}.", counted(self.failures, "failed prompt"))?;

        writeln!(f, "\nPasskeys")?;
        if self.passkeys.is_empty() {
            writeln!(f, "  None, and there never was one.")?;
        }
        self.passkeys.iter().try_for_each(|passkey| self.passkey(passkey, f))?;

        writeln!(f, "\nBrowsers")?;
        if self.browsers.is_empty() {
            writeln!(f, "  None is remembered.")?;
        }
        self.browsers.iter().try_for_each(|browser| self.browser(browser, f))?;
        if self.more_browsers > 0 {
            writeln!(f, "  And {}, seen before these.", counted(self.more_browsers, "more browser"))?;
        }
        if let Some(wrong) = &self.wrong_passwords {
            writeln!(f, "  In browsers that are not known: {}.", wrong_passwords(wrong))?;
        }

        writeln!(f, "\nTimeline, oldest first")?;
        if self.timeline.is_cut {
            writeln!(f, "  What was before is left out.")?;
        }
        self.timeline.moments.iter().try_for_each(|moment| self.moment(moment, f))
    }
}

/// Nobody has the identifier, and it is asked about all the same.
fn nobody(told: &Explanation, f: &mut Formatter<'_>) -> fmt::Result {
    writeln!(f, "Nobody has the identifier {}.", told.identifier)?;
    let failures = told
        .last_failure
        .map(|last| format!("{}, the last one at {}", counted(told.failures, "failed prompt"), time(last)));
    let wrong = told.wrong_passwords.as_ref().map(wrong_passwords);
    let all: Vec<_> = failures.into_iter().chain(wrong).collect();
    if all.is_empty() {
        return writeln!(f, "Nothing is recorded for it.");
    }
    writeln!(f, "Recorded for it all the same: {}.", all.join("; "))?;
    writeln!(f, "Who asks is not told that nobody has it: prompts, strikes and waiting are the same as for an account.")
}

impl Explanation {
    fn passkey(&self, passkey: &Passkey, f: &mut Formatter<'_>) -> fmt::Result {
        let (name, made) = (quoted(&passkey.name), time(passkey.created));
        let place = passkey.created_in.map(|id| format!(" in {}", self.place(id))).unwrap_or_default();
        let on = words::platform(passkey.created_on);
        let kept = passkey.provider.map_or_else(|| "somebody unknown".to_owned(), str::to_owned);
        let backup = match (passkey.backup_eligible, passkey.backed_up) {
            (true, true) => "with a backup",
            (true, false) => "without a backup so far",
            (false, _) => "on one device only",
        };
        let used = passkey.last_used.map_or("never used".to_owned(), |at| format!("last used {}", time(at)));
        let removed = passkey.removed.map(|at| format!("; removed {}", time(at))).unwrap_or_default();
        writeln!(f, "  {name}: made {made}{place} on {on}; kept by {kept}, {backup}; {used}{removed}.")
    }

    fn browser(&self, browser: &BrowserTold, f: &mut Formatter<'_>) -> fmt::Result {
        let place = capital(&self.place(browser.id));
        let first = browser.first_seen.map_or_else(
            || "nobody has signed in to the account in it".to_owned(),
            |at| format!("first sign-in {}", time(at)),
        );
        let known =
            browser.known_until.map_or_else(|| "not known".to_owned(), |until| format!("known until {}", time(until)));
        let machine = words::machine(browser.browser, browser.platform);
        writeln!(f, "  {place}, {machine}: {first}; last here {}; {known}.", time(browser.last_here))?;
        for prediction in &browser.passkeys {
            let (name, decision) = (self.named(prediction.passkey), &prediction.availability);
            let (thought, why) = (words::availability(decision.outcome), words::reasons(&decision.reasons));
            writeln!(f, "    {name} is {thought} here. {why}")?;
        }
        let next = &browser.next;
        writeln!(f, "    A sign-in now: {}. {}", words::plan(next.outcome), words::reasons(&next.reasons))?;
        let strikes = strikes(browser.strikes);
        let most = browser.strikes_to_password;
        writeln!(f, "    Strikes: {strikes}; from {most} on, the password comes first.")?;
        let offers = &browser.offers;
        let mut told = Vec::new();
        if offers.declined > 0 {
            told.push(format!("put off {}", words::times(offers.declined)));
        }
        if let Some(until) = offers.paused_until.filter(|until| *until > self.at) {
            told.push(format!("paused until {}", time(until)));
        }
        if let Some(at) = offers.present {
            told.push(format!("a passkey was proven to be here at {}", time(at)));
        }
        if !told.is_empty() {
            writeln!(f, "    Offers: {}.", told.join("; "))?;
        }
        if let Some(wrong) = &browser.wrong_passwords {
            writeln!(f, "    {}.", capital(&wrong_passwords(wrong)))?;
        }
        Ok(())
    }

    fn moment(&self, moment: &Moment, f: &mut Formatter<'_>) -> fmt::Result {
        let place = moment.browser.map(|id| format!("{}: ", capital(&self.place(id)))).unwrap_or_default();
        write!(f, "  {}  {place}", time(moment.at))?;
        match &moment.what {
            What::AccountMade => writeln!(f, "The account was made."),
            What::Failed { purpose, outcome, ended, plan, evidence, diagnosis } => {
                let (purpose, outcome) = (words::purpose(*purpose), words::outcome(*outcome));
                writeln!(f, "a prompt {purpose}: {outcome}.")?;
                self.before(plan.as_ref(), f)?;
                if let Ended::Failed(seen) = ended {
                    writeln!(f, "      Seen: {}.", words::seen(seen))?;
                }
                writeln!(f, "      Known: {}.", self.known(evidence))?;
                writeln!(f, "      {}", causes(diagnosis))
            }
            What::SignedIn { by, plan, offer } => {
                writeln!(f, "{}; {}.", words::signed_in_by(*by), words::offer(offer.outcome))?;
                self.before(plan.as_ref(), f)?;
                writeln!(f, "      Offer: {}", words::reasons(&offer.reasons))
            }
            What::SessionBegan { passkey } => {
                let by = match passkey {
                    Some(true) => " with a passkey",
                    Some(false) => " with the password",
                    None => "",
                };
                writeln!(f, "signed in{by}.")
            }
            What::PasskeyMade { passkey } => writeln!(f, "the passkey {} was made.", self.named(*passkey)),
            What::Learnt { absent, diagnosis } => {
                let absent: Vec<_> = absent.iter().map(|id| self.named(*id)).collect();
                match absent.is_empty() {
                    true => writeln!(f, "the new passkey says nothing about the older ones.")?,
                    false => writeln!(f, "as it could be made, these were not here: {}.", list(&absent))?,
                }
                writeln!(f, "      {}", causes(diagnosis))
            }
            What::PasskeyRemoved { passkey } => {
                writeln!(f, "The passkey {} was removed from the account.", self.named(*passkey))
            }
            What::HealBegan { passkey, why, after } => {
                let name = self.named(*passkey);
                let after = after.map(|millis| format!(", {} after the first failure", words::duration(millis)));
                writeln!(f, "{name} is a heal ({why}){}.", after.unwrap_or_default())
            }
            What::HealConfirmed { passkey } => {
                writeln!(f, "The heal is confirmed: {} signed in.", self.named(*passkey))
            }
            What::Unreadable { rules_version } => {
                writeln!(f, "a record of rules version {rules_version} that cannot be read.")
            }
        }
    }

    fn before(&self, plan: Option<&PlanBefore>, f: &mut Formatter<'_>) -> fmt::Result {
        let Some(plan) = plan else { return Ok(()) };
        let decision = &plan.decision;
        writeln!(f, "      Before it: {}. {}", words::plan(decision.outcome), words::reasons(&decision.reasons))
    }

    fn known(&self, evidence: &Evidence) -> String {
        let known = if evidence.known_browser { "a known browser" } else { "not a known browser" };
        let strikes = format!("strikes {}", strikes(evidence.strikes));
        let passkeys =
            evidence.passkeys.iter().map(|passkey| format!("{} {}", self.named(passkey.id), memory(&passkey.here)));
        let none = evidence.passkeys.is_empty().then(|| "no passkey".to_owned());
        [known.to_owned(), strikes].into_iter().chain(none).chain(passkeys).collect::<Vec<_>>().join("; ")
    }

    fn named(&self, id: PasskeyId) -> String {
        let found = self.passkeys.iter().find(|passkey| passkey.id == id);
        found.map_or_else(|| "a passkey that is not stored any more".to_owned(), |passkey| quoted(&passkey.name))
    }

    fn place(&self, id: BrowserId) -> String {
        match self.browsers.iter().zip(1..).find(|(browser, _)| browser.id == id) {
            Some((_, number)) => format!("browser {number}"),
            None if self.more_browsers > 0 => "another browser".to_owned(),
            None => "a browser that was forgotten".to_owned(),
        }
    }
}

/// What a browser remembered of a passkey.
fn memory(here: &Here) -> String {
    let mut told = Vec::new();
    let mut say = |applies: bool, text: &str| {
        if applies {
            told.push(text.to_owned());
        }
    };
    say(here.created.is_some(), "made here");
    say(here.worked.is_some(), "worked here");
    say(here.across.is_some(), "answered from another device");
    say(here.absent.is_some(), "proven not to be here");
    if here.failures > 0 {
        told.push(format!("asked for in vain {}", words::times(here.failures)));
    }
    if told.is_empty() { "never seen here".to_owned() } else { told.join(", ") }
}

/// Likeliest first. Only what the server knows is told without a "may".
fn causes(diagnosis: &Shares) -> String {
    if let Some((cause, _)) = diagnosis.causes.iter().find(|(cause, share)| is_certain(*cause, *share)) {
        return format!("Cause: {}.", words::cause(*cause));
    }
    let possible = diagnosis.causes.iter().filter(|(_, share)| *share > 0);
    let told: Vec<_> =
        possible.map(|(cause, share)| format!("{} {}.{} %", words::cause(*cause), share / 10, share % 10)).collect();
    format!("It may be, likeliest first: {}.", told.join(", "))
}

fn is_certain(cause: Cause, share: u16) -> bool {
    cause == Cause::NoLongerAccepted && share >= 1_000
}

fn wrong_passwords(wrong: &WrongPasswords) -> String {
    let count = counted(u64::from(wrong.failures), "wrong password");
    let blocked = match wrong.blocked_for {
        Some(seconds) => {
            format!(", and none is looked at for {}", words::duration(i64::from(seconds) * domain::time::SECOND))
        }
        None => String::new(),
    };
    format!("{count} in a row, the last one at {}{blocked}", time(wrong.last))
}

fn strikes(thousandths: u32) -> String {
    format!("{}.{}", thousandths / STRIKE, thousandths % STRIKE / (STRIKE / 10))
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}
