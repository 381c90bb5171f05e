//! One person's visits under one policy. Whatever the policy, the flow is the real one; policies differ in how they begin and
//! in whom they offer a new passkey.

use crate::ends::{End, end, likelihood, seen};
use crate::filter::{Filter, Known, Missing, choices, missing};
use crate::rates::Rates;
use crate::score::{CAUSES, Counts, Diagnoses};
use crate::world::{Group, PASSKEYS, Passkey, Place, Visit};
use domain::assurance::Assurance;
use domain::ceremony::Capabilities;
use domain::healing::{self, Healing};
use domain::identifier::Identifier;
use domain::intelligence::diagnose::expected;
use domain::intelligence::{
    Assessment, Cause, Creation, Diagnosis, Environment, Evidence, Offer, OfferHistory, Outcome, PasskeyEvidence, Plan,
    Policy as Switches, SignedInBy, Trail, Why, assess, diagnose, offer, plan,
};
use domain::memory::Memory;
use domain::sign_in::{Event, Prompt, SignIn, Step};
use domain::time::{DAY, Millis};
use domain::write::Write;

/// How it is decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Policy {
    /// The rules of this program.
    Keymend,
    /// Whoever has a passkey is prompted, each time.
    AlwaysPrompt,
    /// As published: prompted until two failures in a browser, then the password from the third visit on.
    TwoStrikes,
    /// Knows the true rates and what the server saw; weighs a doomed prompt like a missed passkey and ten clicks.
    Oracle,
}

/// All of them, in the order in which they are told.
pub const POLICIES: [Policy; 4] = [Policy::Keymend, Policy::AlwaysPrompt, Policy::TwoStrikes, Policy::Oracle];

/// What a click costs the oracle, where a doomed prompt and a missed passkey cost one.
const CLICK: f64 = 0.1;
/// A browser stays known for so long, in milliseconds (the default of the configuration).
const KNOWN: i64 = 90 * DAY;
/// Failures that count as new evidence after `InvalidStateError`; counted here once more, apart from the rules.
const NEW_EVIDENCE: u32 = 4;

// Where a visit's chances go.
const DELETIONS: usize = 3;
const ENDS: [usize; 3] = [11, 12, 13];
const TIMES: [usize; 3] = [14, 15, 14];
const RETRY: usize = 16;
const PRESS: usize = 17;
const OFFER: usize = 18;
const ELSEWHERE: usize = 19;

/// What one browser remembers, and what this simulation counts apart from the rules.
struct Row {
    number: u32,
    memory: Memory,
    verified: Option<Millis>,
    failed: u32,
    since_present: Option<u32>,
}

/// The walk of one person under one policy.
pub struct Walk {
    policy: Policy,
    who: Identifier,
    passkeys: Vec<Passkey>,
    known: Vec<Known>,
    /// Made after an offer, and whether they signed in since.
    healed: Vec<Option<bool>>,
    blank: Vec<PasskeyEvidence>,
    rows: Vec<Row>,
    filter: Filter,
    last: Millis,
    pub counts: Counts,
    pub before: Diagnoses,
    pub after: Diagnoses,
}

/// What does not change during a visit.
struct Here<'a> {
    visit: &'a Visit,
    place: &'a Place,
    rates: &'a Rates,
    row: usize,
    has: bool,
}

impl Walk {
    /// Begins with nobody.
    #[must_use]
    pub fn new(policy: Policy, who: Identifier) -> Self {
        Self {
            policy,
            who,
            passkeys: Vec::new(),
            known: Vec::new(),
            healed: Vec::new(),
            blank: Vec::new(),
            rows: Vec::new(),
            filter: Filter::default(),
            last: Millis(0),
            counts: Counts::default(),
            before: Diagnoses::default(),
            after: Diagnoses::default(),
        }
    }

    /// The next person.
    pub fn begin(&mut self) {
        self.counts.torn += self.filter.torn;
        self.passkeys.clear();
        self.known.clear();
        self.healed.clear();
        self.blank.clear();
        self.rows.clear();
        self.filter.clear();
    }

    fn knows_the_world(&self) -> bool {
        matches!(self.policy, Policy::Keymend | Policy::Oracle)
    }

    /// One visit; the first one is the sign-up.
    pub fn visit(&mut self, visit: &Visit, place: &Place, rates: &Rates) {
        let here = self.arrives(visit, place, rates);
        if self.passkeys.is_empty() {
            self.sign_up(&here);
        } else {
            self.sign_in(&here);
        }
    }

    fn arrives<'a>(&mut self, visit: &'a Visit, place: &'a Place, rates: &'a Rates) -> Here<'a> {
        let now = visit.at;
        let days = now.since(self.last) as f64 / DAY as f64;
        self.last = now;
        for (number, passkey) in self.passkeys.iter_mut().enumerate() {
            passkey.deleted |= visit.chances[DELETIONS + number] < crate::world::deleted(days, rates);
        }
        let row = self.row(place, now);
        if self.knows_the_world() {
            self.filter.arrive(place.number, place.kind, &self.known, now, rates);
        }
        let has = self.passkeys.iter().any(|passkey| place.has(passkey));
        Here { visit, place, rates, row, has }
    }

    fn row(&mut self, place: &Place, now: Millis) -> usize {
        let row = match self.rows.iter().position(|row| row.number == place.number) {
            Some(row) => row,
            None => {
                let memory = Memory::of(nothing(place, &self.blank), now);
                let number = place.number;
                self.rows.push(Row { number, memory, verified: None, failed: 0, since_present: None });
                self.rows.len() - 1
            }
        };
        let Row { memory, verified, .. } = &mut self.rows[row];
        memory.known_mut().known_browser = verified.is_some_and(|at| now.since(at) <= KNOWN);
        row
    }

    fn sign_up(&mut self, here: &Here<'_>) {
        let now = here.visit.at;
        self.rows[here.row].memory.signed_in(now);
        let group = self.choice(here);
        if self.knows_the_world() {
            self.filter.created(&self.known, Some(group), now, here.rates);
        }
        let healing = healing::begin(Some(Why::First), Assurance::Enough, Trail::default());
        self.made(here, healing, group, None);
    }

    /// A new passkey is here. What is learnt is learnt of the others, so it joins them afterwards.
    fn made(&mut self, here: &Here<'_>, healing: Healing, group: Group, healed: Option<bool>) {
        let usual = !matches!(group, Group::Apple | Group::Google) || here.place.is_right(group);
        let passkey = Passkey { group, made_in: here.place.number, usual, deleted: false };
        let evidence = passkey.evidence(self.passkeys.len(), here.place.kind, here.visit.at);
        self.conclude(here, healing, healing::Event::Created { passkey: evidence.id, aaguid: evidence.aaguid });
        self.passkeys.push(passkey);
        self.known.push(Known { group, made_in: here.place.number });
        self.healed.push(healed);
        self.blank.push(evidence);
        self.rows.iter_mut().for_each(|row| row.memory.add(evidence));
        if self.knows_the_world() {
            self.filter.joined(&self.known, here.visit.at);
        }
        let row = &mut self.rows[here.row];
        row.memory.perform(&[Write::Created { passkey: evidence.id }], here.visit.at);
        (row.verified, row.failed) = (Some(here.visit.at), 0);
    }

    fn choice(&self, here: &Here<'_>) -> Group {
        let [vendor, google] = here.place.prefers;
        let signed_in = [vendor && here.place.is_right(Group::Vendor), google && here.place.is_right(Group::Google)];
        let [(usual, _), (other, share)] = choices(here.place.kind, signed_in, here.rates);
        if here.visit.chances[ELSEWHERE] < share { other } else { usual }
    }

    fn plan(&mut self, here: &Here<'_>) -> Plan {
        let row = &mut self.rows[here.row];
        match self.policy {
            Policy::Keymend => plan(row.memory.look(Trail::default(), here.visit.at), here.visit.at).outcome,
            Policy::AlwaysPrompt => Plan::Immediately,
            Policy::TwoStrikes => {
                let phone = here.place.kind.of_system() != Group::Machine;
                let only_hello = self.passkeys.iter().all(|passkey| passkey.group == Group::Machine);
                if row.failed >= 2 || (phone && only_hello) { Plan::EnterPassword } else { Plan::Immediately }
            }
            Policy::Oracle => {
                let (has, rates) = (self.filter.here(&self.known), here.rates);
                let missed = |share: f64| has * (1.0 - share);
                let costs = [
                    (Plan::Immediately, 1.0 - has),
                    (Plan::OnClick, CLICK + missed(rates.presses[0])),
                    (Plan::EnterPassword, missed(rates.asks[0])),
                ];
                let cheapest = costs.into_iter().min_by(|a, b| a.1.total_cmp(&b.1));
                cheapest.map_or(Plan::EnterPassword, |(plan, _)| plan)
            }
        }
    }

    fn sign_in(&mut self, here: &Here<'_>) {
        let now = here.visit.at;
        self.counts.sign_ins += 1;
        self.counts.there += u64::from(here.has);
        self.counts.clicks += 1;
        let plan = self.plan(here);
        let has_two_strikes = self.rows[here.row].memory.look(Trail::default(), now).has_two_strikes();
        let mut flow = SignIn::default();
        flow = self.happens(here, flow, Event::Identified(self.who.clone(), plan));
        let (mut prompts, mut asked) = (0, false);
        let of = |chances: [f64; 2]| chances[usize::from(!here.has)];
        loop {
            let wants = match flow.step() {
                Step::UsePasskey(Prompt::Pending) => {
                    if !here.has {
                        self.counts.doomed += 1;
                        self.counts.doomed_unforeseen += u64::from(self.unforeseen(here));
                    }
                    flow = self.happens(here, flow, Event::PromptOpened);
                    true
                }
                Step::UsePasskey(Prompt::Failed) => self.chooses(here, here.visit.chances[RETRY], here.rates.retries),
                Step::UsePasskey(_) => self.chooses(here, here.visit.chances[PRESS], here.rates.presses),
                Step::EnterPassword if prompts == 0 && !asked => {
                    asked = true;
                    let asks = here.visit.chances[PRESS] < of(here.rates.asks);
                    self.saw_choice(asks, here.rates.asks);
                    self.counts.clicks += u64::from(asks);
                    if !asks {
                        continue;
                    }
                    true
                }
                _ => break,
            };
            if !wants {
                flow = self.happens(here, flow, Event::PasswordChosen(None));
                asked = true;
                continue;
            }
            let before = prompts;
            prompts += 1;
            match end(here.has, before, here.rates, here.visit.chances[ENDS[before.min(2)]]) {
                None => return self.answered(here, flow),
                Some(end) => flow = self.failed(here, flow, end, before),
            }
        }
        self.counts.clicks += 2;
        if here.has {
            self.counts.missed += 1;
            let by_person = prompts > 0 || plan != Plan::EnterPassword;
            self.counts.missed_by_person += u64::from(by_person);
            self.counts.missed_after_strikes += u64::from(!by_person && has_two_strikes);
        }
        let trail = flow.trail;
        self.happens(here, flow, Event::PasswordProved);
        self.rows[here.row].memory.signed_in(now);
        self.after_password(here, trail);
    }

    /// Whether this browser had every reason to expect a passkey.
    fn unforeseen(&mut self, here: &Here<'_>) -> bool {
        let evidence = self.rows[here.row].memory.look(Trail::default(), here.visit.at);
        evidence.passkeys.iter().any(|passkey| {
            let known = &passkey.here;
            known.last_good().is_some() && known.failures == 0 && known.absent.is_none()
        })
    }

    fn chooses(&mut self, here: &Here<'_>, chance: f64, shares: [f64; 2]) -> bool {
        let wants = chance < shares[usize::from(!here.has)];
        self.saw_choice(wants, shares);
        self.counts.clicks += 1;
        wants
    }

    fn saw_choice(&mut self, wants: bool, shares: [f64; 2]) {
        if self.knows_the_world() {
            self.filter.saw(&self.known, shares.map(|share| if wants { share } else { 1.0 - share }));
        }
    }

    fn happens(&mut self, here: &Here<'_>, flow: SignIn, event: Event) -> SignIn {
        let now = here.visit.at;
        let row = &mut self.rows[here.row];
        let trail = flow.trail;
        let after = flow.advance(event, row.memory.look(trail, now), now);
        row.memory.perform(&after.writes, now);
        after.flow
    }

    fn answered(&mut self, here: &Here<'_>, flow: SignIn) {
        let Some(number) = self.passkeys.iter().rposition(|passkey| here.place.has(passkey)) else { return };
        let passkey = self.blank[number].id;
        self.happens(here, flow, Event::PasskeyProved { passkey, cross_device: false });
        let row = &mut self.rows[here.row];
        row.memory.signed_in(here.visit.at);
        (row.verified, row.failed, row.since_present) = (Some(here.visit.at), 0, None);
        self.blank[number].used = Some(here.visit.at);
        let elsewhere = |(at, row): (usize, &mut Row)| {
            if at != here.row {
                row.memory.used_elsewhere(passkey, here.visit.at)
            }
        };
        self.rows.iter_mut().enumerate().for_each(elsewhere);
        if self.healed[number] == Some(false) {
            self.healed[number] = Some(true);
            self.counts.confirmed += 1;
        }
        if self.knows_the_world() {
            self.filter.answered(&self.known, number);
        }
    }

    fn failed(&mut self, here: &Here<'_>, flow: SignIn, end: End, before: usize) -> SignIn {
        let seen = seen(end, here.has, here.rates, here.visit.chances[TIMES[before.min(2)]]);
        self.counts.clicks += u64::from(end == End::Closed);
        if self.knows_the_world() {
            let [present, absent] = likelihood(&seen, before, here.rates);
            self.filter.saw(&self.known, [present, absent]);
        }
        let row = &mut self.rows[here.row];
        row.failed += 1;
        row.since_present = row.since_present.map(|failures| failures + 1);
        self.happens(here, flow, Event::CeremonyFailed(assess(&seen)))
    }

    fn offers(&mut self, here: &Here<'_>, trail: Trail) -> Offer {
        let now = here.visit.at;
        let evidence = self.rows[here.row].memory.look(trail, now);
        match self.policy {
            Policy::Keymend => offer(evidence, SignedInBy::Password { failures: trail.failures }, now).outcome,
            Policy::AlwaysPrompt | Policy::TwoStrikes => (trail.failures > 0).then_some(Why::AfterError),
            Policy::Oracle => {
                let paused = evidence.offers.paused_until.is_some_and(|until| now < until);
                (!paused && self.filter.here(&self.known) < 0.5).then_some(Why::AfterError)
            }
        }
    }

    fn after_password(&mut self, here: &Here<'_>, trail: Trail) {
        let now = here.visit.at;
        let scored = self.policy == Policy::Keymend && trail.failures > 0 && !trail.outcomes().all(is_nobodys);
        let truth = self.truth(here, trail);
        if scored {
            self.score(here, trail, None, truth);
        }
        let offered = self.offers(here, trail);
        let evidence = self.rows[here.row].memory.look(trail, now);
        let assured = evidence.known_browser;
        let paused = evidence.offers.paused_until.is_some_and(|until| now < until);
        let broken = !here.has && assured;
        let assurance = if assured { Assurance::Enough } else { Assurance::NeedsProof };
        let healing = healing::begin(offered, assurance, trail);
        let shown = matches!(healing.step(), healing::Step::CreatePasskey { .. });
        self.counts.broken += u64::from(broken);
        self.counts.broken_in_pause += u64::from(broken && paused);
        self.counts.offered += u64::from(broken && shown);
        self.counts.offered_in_pause += u64::from(broken && shown && paused);
        if !shown {
            return;
        }
        let needless = self.rows[here.row].since_present.is_some_and(|failures| failures < NEW_EVIDENCE);
        self.counts.repeat_needless += u64::from(needless);
        self.counts.clicks += 1;
        let [accepts, not_now] = here.rates.offers;
        match here.visit.chances[OFFER] {
            chance if chance < accepts && self.passkeys.len() < PASSKEYS => {
                self.create(here, healing, trail, scored.then_some(truth));
            }
            chance if chance < accepts + not_now => self.conclude(here, healing, healing::Event::NotNow),
            _ => {
                let outcome = Outcome::CancelledOrMissing;
                let closed = Assessment { outcome, counts_in_flow: true, strikes: 1_000 };
                self.conclude(here, healing, healing::Event::Failed(closed));
            }
        }
    }

    fn create(&mut self, here: &Here<'_>, healing: Healing, trail: Trail, truth: Option<usize>) {
        let group = self.choice(here);
        let there = |passkey: &Passkey| here.place.has(passkey);
        let already = self.passkeys.iter().any(|passkey| passkey.group == group && there(passkey));
        let present = self.passkeys.iter().any(there);
        let made = (!already).then_some(group);
        if self.knows_the_world() {
            self.filter.created(&self.known, made, here.visit.at, here.rates);
        }
        let creation = made.map_or(Creation::AlreadyHere, |group| Creation::Made(group.aaguid()));
        // Where one is here after all, the browser has told; there is nothing left to guess.
        if let Some(truth) = truth.filter(|_| made.is_some()) {
            self.score(here, trail, Some(creation), truth);
        }
        let Some(group) = made else {
            self.counts.already_here += 1;
            self.rows[here.row].since_present = Some(0);
            let outcome = Outcome::AlreadyHere;
            let told = Assessment { outcome, counts_in_flow: false, strikes: 0 };
            return self.conclude(here, healing, healing::Event::Failed(told));
        };
        self.counts.made += 1;
        self.counts.duplicates += u64::from(present);
        self.made(here, healing, group, Some(false));
    }

    fn conclude(&mut self, here: &Here<'_>, healing: Healing, event: healing::Event) {
        let now = here.visit.at;
        let row = &mut self.rows[here.row];
        let after = healing.advance(event, row.memory.look(healing.trail, now), now);
        row.memory.perform(&after.writes, now);
    }

    /// Which of the causes is behind the failures.
    fn truth(&mut self, here: &Here<'_>, trail: Trail) -> usize {
        if here.has {
            return 4;
        }
        let number = self.expected(here, trail);
        let passkey = &self.passkeys[number];
        missing(passkey.group, passkey.deleted, can_be(passkey, here.place)) as usize
    }

    fn expected(&mut self, here: &Here<'_>, trail: Trail) -> usize {
        let evidence = self.rows[here.row].memory.look(trail, here.visit.at);
        let id = expected(evidence).map(|passkey| passkey.id);
        self.blank.iter().position(|passkey| Some(passkey.id) == id).unwrap_or(0)
    }

    fn score(&mut self, here: &Here<'_>, trail: Trail, creation: Option<Creation>, truth: usize) {
        let number = self.expected(here, trail);
        let [present, deleted, account, manager, elsewhere] = self.filter.places(&self.known, number);
        let best = [deleted, account, manager, elsewhere, present, 0.0];
        let evidence = self.rows[here.row].memory.look(trail, here.visit.at);
        let told = shares(&diagnose(evidence, creation, here.visit.at));
        let into = if creation.is_none() { &mut self.before } else { &mut self.after };
        into.take(told, best, truth);
    }
}

fn can_be(passkey: &Passkey, place: &Place) -> bool {
    passkey.group.can_be(place.kind) && (passkey.group != Group::Machine || place.number == passkey.made_in)
}

fn is_nobodys(outcome: Outcome) -> bool {
    matches!(outcome, Outcome::NoPrompt | Outcome::Technical)
}

fn shares(diagnosis: &Diagnosis) -> [f64; CAUSES] {
    let mut shares = [0.0; CAUSES];
    for (cause, share) in diagnosis.causes {
        let at = match cause {
            Cause::DeletedHere => Missing::Deleted as usize,
            Cause::OtherCloudAccount => Missing::Account as usize,
            Cause::ManagerSignedOut => Missing::Manager as usize,
            Cause::OnAnotherDevice => Missing::Elsewhere as usize,
            Cause::Dismissed => 4,
            Cause::Technical => 5,
            Cause::NoLongerAccepted => continue,
        };
        shares[at] = f64::from(share) / 1_000.0;
    }
    shares
}

/// What is known of an account in a browser that has never met it.
fn nothing(place: &Place, passkeys: &[PasskeyEvidence]) -> Evidence {
    let yes = Some(true);
    let can = Capabilities { webauthn: yes, platform_authenticator: yes, hybrid: yes, ..Capabilities::default() };
    let environment = Environment { platform: place.kind.platform, browser: place.kind.browser, version: None, can };
    Evidence {
        environment,
        passkeys: passkeys.to_vec(),
        ever_had_passkey: !passkeys.is_empty(),
        strikes: 0,
        known_browser: false,
        first_seen: None,
        offers: OfferHistory::default(),
        trail: Trail::default(),
        policy: Switches::default(),
    }
}

#[cfg(test)]
mod tests;
