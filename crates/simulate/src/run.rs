//! Runs a world, on all cores, with the same result however many they are.

use crate::rates::Rates;
use crate::score::{Counts, Diagnoses, Figures, Quality};
use crate::walk::{POLICIES, Walk};
use crate::world::{Person, Place};
use domain::identifier::Identifier;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng as _;
use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

/// People who are summed up at a time; what is kept in memory is one sum for each chunk under way.
const CHUNK: u64 = 2_000;

/// What to run.
#[derive(Clone, Copy, Debug)]
pub struct World {
    pub rates: Rates,
    pub people: u64,
    pub seed: u64,
    pub threads: usize,
}

/// Told after each chunk: how many people are through.
pub type Progress<'a> = &'a (dyn Fn(u64) + Sync);

/// Everything that was counted.
#[derive(Clone, Debug, Default)]
pub struct Summary {
    /// By policy, in the order of [`POLICIES`].
    pub counts: [Counts; POLICIES.len()],
    pub before: Diagnoses,
    pub after: Diagnoses,
}

impl Summary {
    fn add(&mut self, other: &Self) {
        self.counts.iter_mut().zip(&other.counts).for_each(|(sum, more)| sum.add(more));
        self.before.add(&other.before);
        self.after.add(&other.after);
    }

    /// The figures by policy, in the order of [`POLICIES`].
    #[must_use]
    pub fn figures(&self) -> [Figures; POLICIES.len()] {
        std::array::from_fn(|policy| Figures::from(&self.counts[policy]))
    }

    /// The quality of the diagnoses before and after creation.
    #[must_use]
    pub fn quality(&self) -> [Quality; 2] {
        [Quality::from(&self.before), Quality::from(&self.after)]
    }
}

/// Runs it.
#[must_use]
pub fn simulate(world: &World, progress: Progress<'_>) -> Summary {
    let chunks = world.people.div_ceil(CHUNK);
    let next = AtomicU64::new(0);
    // Sums of numbers with fractions depend on their order, so they are added in the order of the chunks.
    let waiting: Mutex<(u64, BTreeMap<u64, Summary>, Summary)> = Mutex::default();
    std::thread::scope(|scope| {
        for _ in 0..world.threads.max(1) {
            scope.spawn(|| {
                loop {
                    let chunk = next.fetch_add(1, Ordering::Relaxed);
                    if chunk >= chunks {
                        return;
                    }
                    let from = chunk * CHUNK;
                    let to = (from + CHUNK).min(world.people);
                    let summary = people(world, from, to);
                    let mut waiting = waiting.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
                    let (due, done, sum) = &mut *waiting;
                    done.insert(chunk, summary);
                    while let Some(next) = done.remove(due) {
                        sum.add(&next);
                        *due += 1;
                    }
                    progress((*due * CHUNK).min(world.people));
                }
            });
        }
    });
    waiting.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner).2
}

fn people(world: &World, from: u64, to: u64) -> Summary {
    let Ok(who) = Identifier::parse("somebody") else { return Summary::default() };
    let mut walks = POLICIES.map(|policy| Walk::new(policy, who.clone()));
    let (mut visits, mut places) = (Vec::new(), Vec::<Place>::new());
    for number in from..to {
        let mut random = ChaCha8Rng::seed_from_u64(world.seed);
        random.set_stream(number);
        let person = Person::draw(&mut random, &world.rates, visits);
        places.clear();
        walks.iter_mut().for_each(Walk::begin);
        for visit in &person.visits {
            places.extend(visit.new);
            let Some(place) = places.iter_mut().find(|place| place.number == visit.place) else { continue };
            place.age(visit.at, &world.rates, &visit.chances);
            walks.iter_mut().for_each(|walk| walk.visit(visit, place, &world.rates));
        }
        visits = person.visits;
    }
    walks.iter_mut().for_each(Walk::begin);
    let [keymend, ..] = &walks;
    Summary { before: keymend.before, after: keymend.after, counts: std::array::from_fn(|policy| walks[policy].counts) }
}

/// People in each held-out world of a run about so many.
#[must_use]
pub fn people_per_world(people: u64) -> u64 {
    (people / 100).clamp(1_000, 20_000)
}

/// Runs so many worlds that nothing was fitted to, each with people of its own.
#[must_use]
pub fn held_out(worlds: u64, world: &World, progress: Progress<'_>) -> Vec<Summary> {
    let people = people_per_world(world.people);
    (0..worlds)
        .map(|number| {
            let mut random = ChaCha8Rng::seed_from_u64(world.seed ^ 0x6865_6c64_206f_7574);
            random.set_stream(number);
            let seed = world.seed.wrapping_add(1 + number);
            let each = World { rates: Rates::held_out(&mut random), people, seed, threads: world.threads };
            simulate(&each, &|done| progress(number * people + done))
        })
        .collect()
}
