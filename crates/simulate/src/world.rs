//! What is so, and what no server sees: which passkey is where.

use crate::rates::Rates;
use domain::ids::PasskeyId;
use domain::intelligence::{Here, PasskeyEvidence};
use domain::platform::{Browser, Platform};
use domain::provider::Aaguid;
use domain::time::{DAY, Millis};
use rand::{Rng, RngExt as _};
use uuid::Uuid;

/// Visits per person.
pub const VISITS: usize = 24;
/// The most browsers a person has over time; the rarest used one makes room.
pub const BROWSERS: usize = 6;
/// The most passkeys; further offers are declined.
pub const PASSKEYS: usize = 8;
/// Random numbers that a visit may need, drawn before so that every policy meets the same.
pub(crate) const CHANCES: usize = 20;

/// What has to be right in a browser for a passkey to be there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Group {
    Apple,
    Google,
    Vendor,
    /// One machine: Windows Hello.
    Machine,
}

/// The groups whose account can be right or wrong in a browser, in the order of [`Place::right`].
pub const ACCOUNTS: [Group; 3] = [Group::Apple, Group::Google, Group::Vendor];

impl Group {
    #[must_use]
    pub fn aaguid(self) -> Aaguid {
        Aaguid(match self {
            Self::Apple => 0xfbfc3007_154e_4ecc_8c0b_6e020557d7bd,
            Self::Google => 0xea9b8d66_4d01_1d21_3ce4_b6b48cb575d4,
            Self::Vendor => 0xd548826e_79b4_db40_a3d8_11116f7e8349,
            Self::Machine => 0x08987058_cadc_4b81_b6e1_30de50dcbe96,
        })
    }

    /// Whether passkeys of the group can be in such a browser at all.
    #[must_use]
    pub fn can_be(self, kind: Kind) -> bool {
        match self {
            Self::Apple => matches!(kind.platform, Platform::MacOs | Platform::Ios),
            Self::Google => kind.platform == Platform::Android || kind.is_desktop_chrome(),
            Self::Vendor => true,
            Self::Machine => kind.platform == Platform::Windows,
        }
    }
}

/// A browser as its headers tell it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kind {
    pub platform: Platform,
    pub browser: Browser,
}

impl Kind {
    #[must_use]
    pub fn is_desktop_chrome(self) -> bool {
        self.browser == Browser::Chrome && matches!(self.platform, Platform::MacOs | Platform::Windows)
    }

    fn draw(random: &mut impl Rng, rates: &Rates) -> Self {
        let (mut system, chrome) = (random.random::<f64>(), random.random::<f64>());
        let before = |share: &&f64| {
            system -= **share;
            system >= 0.0
        };
        let (platform, browser) = match rates.platforms[..3].iter().take_while(before).count() {
            0 => (Platform::MacOs, if chrome < rates.chrome[0] { Browser::Chrome } else { Browser::Safari }),
            1 => (Platform::Windows, if chrome < rates.chrome[1] { Browser::Chrome } else { Browser::Edge }),
            2 => (Platform::Ios, Browser::Safari),
            _ => (Platform::Android, Browser::Chrome),
        };
        Self { platform, browser }
    }

    /// The provider of the system, where nothing else is chosen.
    #[must_use]
    pub fn of_system(self) -> Group {
        match self.platform {
            Platform::Windows => Group::Machine,
            Platform::Android => Group::Google,
            _ => Group::Apple,
        }
    }

    /// The share that is right in a browser of this kind, before anything is seen.
    #[must_use]
    pub fn right_at_first(self, group: Group, rates: &Rates) -> f64 {
        match group {
            _ if !group.can_be(self) => 0.0,
            Group::Apple => rates.there_unseen[0],
            Group::Google if self.platform == Platform::Android => rates.there_unseen[0],
            Group::Google => rates.there_unseen[1],
            Group::Vendor => rates.there_unseen[2],
            Group::Machine => rates.there_unseen[3],
        }
    }
}

/// A passkey and what is so about it.
#[derive(Clone, Copy, Debug)]
pub struct Passkey {
    pub group: Group,
    /// The browser it was made in.
    pub made_in: u32,
    /// Made while the usual account was signed in; otherwise it is there only while it is not, and only in that browser.
    pub usual: bool,
    pub deleted: bool,
}

impl Passkey {
    /// What a server knows of it from its making.
    #[must_use]
    pub fn evidence(self, number: usize, kind: Kind, now: Millis) -> PasskeyEvidence {
        let synced = self.group != Group::Machine;
        PasskeyEvidence {
            id: PasskeyId(Uuid::from_u128(number as u128 + 1)),
            aaguid: self.group.aaguid(),
            backup_eligible: synced,
            backed_up: synced,
            security_key: false,
            created: now,
            created_on: kind.platform,
            used: None,
            here: Here::default(),
        }
    }
}

/// A browser and what is so about it.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    /// Unlike any other browser of the person.
    pub number: u32,
    pub kind: Kind,
    /// Whether the usual account is signed in, by [`ACCOUNTS`].
    pub right: [bool; 3],
    /// Where new passkeys are made while it is signed in, a setting that nobody changes: in the manager, in the browser's own.
    pub prefers: [bool; 2],
    /// Whether it runs on the machine of other browsers of this platform.
    pub same_machine: bool,
    /// When that was last looked at.
    pub at: Millis,
}

impl Place {
    /// Whether the usual account of a group is signed in.
    #[must_use]
    pub fn is_right(&self, group: Group) -> bool {
        match group {
            Group::Apple => self.right[0],
            Group::Google => self.right[1],
            Group::Vendor => self.right[2],
            Group::Machine => self.same_machine,
        }
    }

    /// Whether a passkey answers here.
    #[must_use]
    pub fn has(&self, passkey: &Passkey) -> bool {
        !passkey.deleted && passkey.group.can_be(self.kind) && self.is_signed_in_for(passkey)
    }

    fn is_signed_in_for(&self, passkey: &Passkey) -> bool {
        let home = self.number == passkey.made_in;
        match passkey.group {
            Group::Machine => home || self.same_machine,
            group if passkey.usual => self.is_right(group),
            group => home && !self.is_right(group),
        }
    }

    /// Time goes by: accounts change and come back.
    pub fn age(&mut self, now: Millis, rates: &Rates, chances: &[f64]) {
        let days = now.since(self.at) as f64 / DAY as f64;
        self.at = now;
        for (at, group) in ACCOUNTS.into_iter().enumerate().filter(|(_, group)| group.can_be(self.kind)) {
            let [lost, back] = turns(group, days, rates);
            let turn = if self.right[at] { lost } else { back };
            self.right[at] ^= chances[at] < turn;
        }
    }
}

/// The shares that went away and that came back after so many days.
#[must_use]
pub fn turns(group: Group, days: f64, rates: &Rates) -> [f64; 2] {
    let [lost, back] = if group == Group::Vendor { rates.manager } else { rates.account };
    let both = lost + back;
    let moved = 1.0 - (-both * days).exp();
    [moved * lost / both, moved * back / both]
}

/// The share of passkeys deleted within so many days.
#[must_use]
pub fn deleted(days: f64, rates: &Rates) -> f64 {
    1.0 - (-rates.deleted * days).exp()
}

/// What happens to a person whatever a server does.
pub struct Person {
    pub visits: Vec<Visit>,
}

/// One visit, with all the chances that it may need.
pub struct Visit {
    pub at: Millis,
    /// The browser's number.
    pub place: u32,
    /// A browser nobody has seen before.
    pub new: Option<Place>,
    pub chances: [f64; CHANCES],
}

impl Person {
    /// Draws a person.
    #[must_use]
    pub fn draw(random: &mut impl Rng, rates: &Rates, into: Vec<Visit>) -> Self {
        let mut visits = into;
        visits.clear();
        let manager = random.random::<f64>() < rates.third_party;
        let mean = rates.days_between[match random.random::<f64>() {
            ..0.25 => 0,
            ..0.75 => 1,
            _ => 2,
        }];
        let mut at = Millis(1_000 * DAY);
        let mut numbers = 0;
        // The browsers in use, the favourite first.
        let mut used: Vec<u32> = Vec::with_capacity(BROWSERS);
        for visit in 0..VISITS {
            let days = if visit == 0 { 0.0 } else { -mean * (1.0 - random.random::<f64>()).ln() };
            at = at.plus((days * DAY as f64) as i64 + 60_000);
            let [replaced, another] = [rates.replaced, rates.another_browser].map(|rate| 1.0 - (-rate * days).exp());
            let chance = random.random::<f64>();
            let is_new = visit == 0 || chance < replaced + another;
            let place = if is_new {
                if visit > 0 && chance < replaced || used.len() == BROWSERS - 1 {
                    used.remove(if chance < replaced { 0 } else { used.len() - 1 });
                }
                numbers += 1;
                used.insert(if chance < replaced { 0 } else { used.len().min(1) }, numbers);
                numbers
            } else {
                let place = (random.random::<f64>().max(1e-9).ln() / (1.0 - rates.favourite).ln()) as usize;
                used[place.min(used.len() - 1)]
            };
            let new = is_new.then(|| place_of(random, rates, numbers, manager, at, visit == 0));
            visits.push(Visit { at, place, new, chances: std::array::from_fn(|_| random.random()) });
        }
        Self { visits }
    }
}

fn place_of(random: &mut impl Rng, rates: &Rates, number: u32, manager: bool, at: Millis, first: bool) -> Place {
    let kind = Kind::draw(random, rates);
    let mut draw = |group: Group| random.random::<f64>() < kind.right_at_first(group, rates);
    let mut right = ACCOUNTS.map(&mut draw);
    let same_machine = draw(Group::Machine);
    if first {
        right[0] |= Group::Apple.can_be(kind);
        right[1] |= kind.platform == Platform::Android;
        right[2] = true;
    }
    right[2] &= manager;
    let prefers = [right[2], right[1] && kind.is_desktop_chrome()];
    Place { number, kind, right, prefers, same_machine, at }
}
