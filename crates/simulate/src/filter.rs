//! Somebody who knows the true rates of the world and has seen what the server saw: the exact distribution over everything
//! that may be hidden. The best that any rule could do.

use crate::rates::Rates;
use crate::world::{Group, Kind, deleted, turns};
use domain::time::{DAY, Millis};

/// More hidden bits than this are not kept together; the one of the browser unused for longest is then taken to be
/// independent of the rest. Rare, and counted.
const MOST_BITS: usize = 11;

/// A hidden bit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Bit {
    /// This passkey is deleted.
    Deleted(usize),
    /// The usual account of a group is signed in, in this browser.
    Right(u32, Group),
    /// This passkey was made while the usual account was signed in.
    Usual(usize),
    /// This browser makes new passkeys there while it can.
    Prefers(u32, Group),
}

/// A passkey, as far as the server knows.
#[derive(Clone, Copy)]
pub struct Known {
    pub group: Group,
    pub made_in: u32,
}

/// The distribution.
#[derive(Default)]
pub struct Filter {
    bits: Vec<(Bit, Millis)>,
    shares: Vec<f64>,
    /// Bits that are taken to be independent, with the share in which they are set.
    apart: Vec<(Bit, Millis, f64)>,
    spare: Vec<f64>,
    at: Option<(u32, Kind)>,
    /// How often bits had to be taken to be independent.
    pub torn: u64,
}

impl Filter {
    /// Begins anew.
    pub fn clear(&mut self) {
        self.bits.clear();
        self.shares.clear();
        self.shares.push(1.0);
        self.apart.clear();
        (self.at, self.torn) = (None, 0);
    }

    fn find(&self, bit: Bit) -> Option<usize> {
        self.bits.iter().position(|(each, _)| *each == bit)
    }

    fn add(&mut self, bit: Bit, now: Millis, set: f64) {
        if self.bits.len() >= MOST_BITS {
            self.tear();
        }
        let half = self.shares.len();
        self.shares.resize(2 * half, 0.0);
        for state in 0..half {
            let share = self.shares[state];
            (self.shares[state], self.shares[state + half]) = (share * (1.0 - set), share * set);
        }
        self.bits.push((bit, now));
    }

    /// Takes the bit that was not looked at for longest out of the joint distribution.
    fn tear(&mut self) {
        let here = self.at.map(|(place, _)| place);
        let is_here = |bit: &Bit| matches!(bit, Bit::Right(place, _) if Some(*place) == here);
        let oldest = (0..self.bits.len())
            .filter(|at| !is_here(&self.bits[*at].0))
            .min_by_key(|at| (matches!(self.bits[*at].0, Bit::Usual(_)), self.bits[*at].1))
            .unwrap_or(0);
        let (bit, at) = self.bits.remove(oldest);
        let low = (1 << oldest) - 1;
        self.spare.clear();
        self.spare.resize(self.shares.len() / 2, 0.0);
        let mut set = 0.0;
        for (state, share) in self.shares.iter().enumerate() {
            self.spare[(state & low) | ((state >> (oldest + 1)) << oldest)] += share;
            set += if state >> oldest & 1 == 1 { *share } else { 0.0 };
        }
        std::mem::swap(&mut self.shares, &mut self.spare);
        self.apart.push((bit, at, set));
        self.torn += 1;
    }

    /// Makes sure that a bit is there: as it was, or, and then the answer is true, with this share of being set.
    fn need(&mut self, bit: Bit, now: Millis, set: f64) -> bool {
        if self.find(bit).is_some() {
            return false;
        }
        match self.apart.iter().position(|(each, ..)| *each == bit) {
            Some(at) => {
                let (bit, at, set) = self.apart.swap_remove(at);
                self.add(bit, at, set);
                false
            }
            None => {
                self.add(bit, now, set);
                true
            }
        }
    }

    /// A new bit that is now the same as another one.
    fn copy(&mut self, from: Bit, to: Bit, now: Millis) {
        self.add(to, now, 0.0);
        let (Some(from), Some(to)) = (self.find(from), self.find(to)) else { return };
        for state in (0..self.shares.len()).filter(|state| state >> from & 1 == 1 && state >> to & 1 == 0) {
            self.shares.swap(state, state | 1 << to);
        }
    }

    fn turn(&mut self, at: usize, to_clear: f64, to_set: f64) {
        let bit = 1 << at;
        for state in (0..self.shares.len()).filter(|state| state & bit == 0) {
            let (clear, set) = (self.shares[state], self.shares[state | bit]);
            self.shares[state] = clear * (1.0 - to_set) + set * to_clear;
            self.shares[state | bit] = set * (1.0 - to_clear) + clear * to_set;
        }
    }

    /// The person is at this browser now. Who has never made a passkey with a manager is taken to have none: of those who have
    /// one it is very few.
    pub fn arrive(&mut self, place: u32, kind: Kind, passkeys: &[Known], now: Millis, rates: &Rates) {
        self.at = Some((place, kind));
        let has = |group: Group| passkeys.iter().any(|passkey| passkey.group == group);
        for group in [Group::Apple, Group::Google, Group::Vendor, Group::Machine] {
            let wanted = match group {
                Group::Machine => passkeys.iter().any(|passkey| passkey.group == group && passkey.made_in != place),
                // Whether it is signed in decides also where a new passkey would be made.
                Group::Google => has(group) || kind.is_desktop_chrome(),
                Group::Apple | Group::Vendor => has(group),
            };
            if wanted && group.can_be(kind) {
                self.first_look(place, kind, group, now, rates);
            }
        }
        for number in 0..passkeys.len() {
            self.need(Bit::Deleted(number), now, 0.0);
        }
        for at in 0..self.bits.len() {
            let (bit, last) = self.bits[at];
            let days = now.since(last) as f64 / DAY as f64;
            match bit {
                Bit::Deleted(_) => self.turn(at, 0.0, deleted(days, rates)),
                Bit::Right(here, group) if here == place && group != Group::Machine => {
                    let [lost, back] = turns(group, days, rates);
                    self.turn(at, lost, back);
                }
                _ => continue,
            }
            self.bits[at].1 = now;
        }
    }

    fn first_look(&mut self, place: u32, kind: Kind, group: Group, now: Millis, rates: &Rates) {
        let is_new = self.need(Bit::Right(place, group), now, kind.right_at_first(group, rates));
        if is_new && (group == Group::Vendor || group == Group::Google && kind.is_desktop_chrome()) {
            self.copy(Bit::Right(place, group), Bit::Prefers(place, group), now);
        }
    }

    fn is_set(&self, state: usize, bit: Bit) -> Option<bool> {
        self.find(bit).map(|at| state >> at & 1 == 1)
    }

    /// Which of the passkeys are here, as a mask, for every state.
    fn tests(&self, passkeys: &[Known]) -> Vec<Test> {
        let Some((place, kind)) = self.at else { return Vec::new() };
        let mask = |bit: Bit| self.find(bit).map(|at| 1_usize << at);
        let test = |(number, passkey): (usize, &Known)| {
            let home = passkey.made_in == place;
            let right = match passkey.group {
                group if !group.can_be(kind) => Right::Never,
                Group::Machine if home => Right::Always,
                group => mask(Bit::Right(place, group)).map_or(Right::Never, Right::If),
            };
            Test { deleted: mask(Bit::Deleted(number)), right, usual: mask(Bit::Usual(number)), home }
        };
        passkeys.iter().enumerate().map(test).collect()
    }

    /// The share of states in which some passkey answers here.
    #[must_use]
    pub fn here(&self, passkeys: &[Known]) -> f64 {
        let tests = self.tests(passkeys);
        let has = |state: usize| tests.iter().any(|test| test.holds(state));
        let sum: f64 = self.shares.iter().enumerate().filter(|(state, _)| has(*state)).map(|(_, share)| share).sum();
        sum / self.shares.iter().sum::<f64>().max(f64::MIN_POSITIVE)
    }

    fn weigh(&mut self, weight: impl Fn(usize) -> f64) {
        let mut total = 0.0;
        for (state, share) in self.shares.iter_mut().enumerate() {
            *share *= weight(state);
            total += *share;
        }
        let total = if total > 0.0 { total } else { 1.0 };
        self.shares.iter_mut().for_each(|share| *share /= total);
    }

    /// Something was seen that is so likely where a passkey is here, and so likely where none is.
    pub fn saw(&mut self, passkeys: &[Known], [present, absent]: [f64; 2]) {
        let tests = self.tests(passkeys);
        self.weigh(|state| if tests.iter().any(|test| test.holds(state)) { present } else { absent });
    }

    /// This passkey answered. Of several the newest does.
    pub fn answered(&mut self, passkeys: &[Known], number: usize) {
        let tests = self.tests(passkeys);
        let newest = |state: usize| tests.iter().rposition(|test| test.holds(state)) == Some(number);
        self.weigh(|state| f64::from(u8::from(newest(state))));
    }

    /// How likely `create()` with all of them excluded ends so in each state: `None` says that one is here.
    pub fn created(&mut self, passkeys: &[Known], made: Option<Group>, now: Millis, rates: &Rates) {
        let Some((place, kind)) = self.at else { return };
        let manager = made == Some(Group::Vendor) || passkeys.iter().any(|passkey| passkey.group == Group::Vendor);
        if manager {
            self.first_look(place, kind, Group::Vendor, now, rates);
        }
        let tests = self.tests(passkeys);
        let bits = [Group::Vendor, Group::Google].map(|group| [Bit::Right(place, group), Bit::Prefers(place, group)]);
        let bits = bits.map(|both| both.map(|bit| self.find(bit)));
        let set = |state: usize, at: Option<usize>| at.is_some_and(|at| state >> at & 1 == 1);
        let both = |state: usize, bits: [Option<usize>; 2]| bits.iter().all(|at| set(state, *at));
        let weight = |state: usize| {
            let signed_in = [manager && both(state, bits[0]), both(state, bits[1])];
            choices(kind, signed_in, rates)
                .into_iter()
                .filter(|(group, _)| {
                    let present = |(passkey, test): (&Known, &Test)| passkey.group == *group && test.holds(state);
                    let already = passkeys.iter().zip(&tests).any(present);
                    if already { made.is_none() } else { made == Some(*group) }
                })
                .map(|(_, share)| share)
                .sum()
        };
        let weights: Vec<f64> = (0..self.shares.len()).map(weight).collect();
        self.weigh(|state| weights[state]);
    }

    /// A new passkey, the last of the list, was made here.
    pub fn joined(&mut self, passkeys: &[Known], now: Millis) {
        let Some((place, _)) = self.at else { return };
        let number = passkeys.len() - 1;
        self.add(Bit::Deleted(number), now, 0.0);
        let Some(group) = passkeys.last().map(|passkey| passkey.group) else { return };
        let follows =
            |(_, kind): (u32, Kind)| group == Group::Apple || group == Group::Google && !kind.is_desktop_chrome();
        if !self.at.is_some_and(follows) {
            return;
        }
        // Made in the account that is signed in, whichever that is.
        self.need(Bit::Right(place, group), now, 1.0);
        self.copy(Bit::Right(place, group), Bit::Usual(number), now);
    }

    /// The shares of: here, deleted, another account, manager, elsewhere; told of one passkey where none is here.
    #[must_use]
    pub fn places(&self, passkeys: &[Known], expected: usize) -> [f64; 5] {
        let tests = self.tests(passkeys);
        let mut places = [0.0; 5];
        let Some(known) = passkeys.get(expected) else { return places };
        for (state, share) in self.shares.iter().enumerate() {
            let at = if tests.iter().any(|test| test.holds(state)) {
                0
            } else {
                let gone = self.is_set(state, Bit::Deleted(expected)) == Some(true);
                1 + missing(known.group, gone, !matches!(tests[expected].right, Right::Never)) as usize
            };
            places[at] += share;
        }
        places
    }
}

enum Right {
    Always,
    Never,
    If(usize),
}

/// Whether a passkey is here, as masks on the states.
struct Test {
    deleted: Option<usize>,
    right: Right,
    usual: Option<usize>,
    home: bool,
}

impl Test {
    fn holds(&self, state: usize) -> bool {
        let is = |mask: usize| state & mask != 0;
        if self.deleted.is_some_and(is) {
            return false;
        }
        let usual = self.usual.is_none_or(is);
        match self.right {
            Right::Always => true,
            Right::Never => false,
            Right::If(mask) if usual => is(mask),
            Right::If(mask) => self.home && !is(mask),
        }
    }
}

/// How a passkey is missing: deleted, in another account, in a manager that is signed out, elsewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Missing {
    Deleted,
    Account,
    Manager,
    Elsewhere,
}

/// Why one passkey is not here.
#[must_use]
pub fn missing(group: Group, gone: bool, can_be: bool) -> Missing {
    match group {
        _ if gone => Missing::Deleted,
        _ if !can_be => Missing::Elsewhere,
        Group::Apple | Group::Google => Missing::Account,
        Group::Vendor => Missing::Manager,
        Group::Machine => Missing::Elsewhere,
    }
}

/// Where a new passkey is made, and how often: the manager that is signed in, the browser's own, else the system's.
#[must_use]
pub fn choices(kind: Kind, [vendor, google]: [bool; 2], rates: &Rates) -> [(Group, f64); 2] {
    let usual = match () {
        () if vendor => Group::Vendor,
        () if google && kind.is_desktop_chrome() => Group::Google,
        () => kind.of_system(),
    };
    let share = if usual == kind.of_system() { 0.0 } else { rates.elsewhere };
    [(usual, 1.0 - share), (kind.of_system(), share)]
}
