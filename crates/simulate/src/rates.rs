//! The base rates of a world, in one file.
//!
//! [P]: published by a vendor, without a method (Corbado's flow catalogue and blog, read in 2026-11). The rest are our
//! estimates; the held-out worlds vary every one of them from a third to three times.

use rand::{Rng, RngExt as _};

/// How long people take, and how a distribution of times looks.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Timing {
    /// Logarithm normal with these medians (milliseconds) and this spread (of the logarithm).
    LogNormal { spread: f64 },
    /// Exponential after a shortest time.
    Exponential { shortest: f64 },
    /// Even between a fifth and nine fifths of the median.
    Even,
}

/// One world.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rates {
    /// Mean days between two visits of rare, usual and keen people, who are a quarter, a half and a quarter.
    pub days_between: [f64; 3],
    /// Browsers by system: macOS, Windows, iOS, Android. A rough mix of people who sign in at work and at home.
    pub platforms: [f64; 4],
    /// Chrome among the browsers of macOS (the rest is Safari) and of Windows (the rest is Edge).
    pub chrome: [f64; 2],
    /// The share of visits from the favourite browser; the same share of the rest goes to the next one, and so on.
    pub favourite: f64,
    /// A further browser joins, per day. Another device within three months: about 15 %, six: 35 % [P].
    pub another_browser: f64,
    /// A browser is replaced by a new one that knows nothing (new machine, cleared cookies), per day.
    pub replaced: f64,
    /// People who keep passkeys in a password manager of their own: 5 to 10 % [P].
    pub third_party: f64,
    /// Deletion of a passkey, per day. Nobody restores one.
    pub deleted: f64,
    /// A browser goes over to another cloud account, and comes back, per day.
    pub account: [f64; 2],
    /// A manager signs out or locks for good, and is signed in again, per day.
    pub manager: [f64; 2],
    /// The share of passkeys there in a browser that never saw them: an account of the system, one of the browser, a manager
    /// (about half miss it on a next device [P]), the machine it was made on seen through another browser. Success on unknown
    /// devices: 55 to 95 % [P].
    pub there_unseen: [f64; 4],
    /// A prompt is closed although a passkey is there: the first one, and once more after one. On known devices 1 to 5 of 100
    /// attempts fail [P], most of them because a person closes the dialog [P].
    pub closed: [f64; 2],
    /// Ends of prompts that nobody caused: nothing shown for want of focus, trouble, no answer in time.
    pub nobodys: [f64; 3],
    /// Ends of prompts without a passkey: refused at once, no answer in time; the rest is closed by hand.
    pub absent: [f64; 2],
    /// Median milliseconds until a dialog is closed: with a passkey, and without one.
    pub closing: [f64; 2],
    pub timing: Timing,
    /// Tries again after the first failure: with a passkey there, and without.
    pub retries: [f64; 2],
    /// Presses the button of a prompt that waits for it: with a passkey there, and without.
    pub presses: [f64; 2],
    /// Presses *Use a passkey* beside the password: with a passkey there, and without.
    pub asks: [f64; 2],
    /// Of offers: accepted, *Not now*; the rest opens the dialog and closes it.
    pub offers: [f64; 2],
    /// Makes the new passkey elsewhere than the system suggests.
    pub elsewhere: f64,
}

impl Default for Rates {
    fn default() -> Self {
        Self {
            days_between: [20.0, 7.0, 2.0],
            platforms: [0.18, 0.32, 0.22, 0.28],
            chrome: [0.45, 0.7],
            favourite: 0.5,
            another_browser: 0.002_2,
            replaced: 0.000_8,
            third_party: 0.075,
            deleted: 0.000_25,
            account: [0.000_3, 1.0 / 30.0],
            manager: [0.002, 1.0 / 14.0],
            there_unseen: [0.85, 0.6, 0.5, 0.25],
            closed: [0.02, 0.2],
            nobodys: [0.003, 0.002, 0.003],
            absent: [0.12, 0.06],
            closing: [4_000.0, 7_000.0],
            timing: Timing::LogNormal { spread: 0.7 },
            retries: [0.75, 0.5],
            presses: [0.9, 0.6],
            asks: [0.15, 0.05],
            offers: [0.6, 0.3],
            elsewhere: 0.03,
        }
    }
}

impl Rates {
    /// A world that nothing was fitted to: each rate times something between a third and three, another family of times.
    #[must_use]
    pub fn held_out(random: &mut impl Rng) -> Self {
        let mut times = || 3.0_f64.powf(random.random_range(-1.0..=1.0));
        let mut rates = Self::default();
        let of = std::slice::from_mut::<f64>;
        let rest = &mut [
            of(&mut rates.another_browser),
            of(&mut rates.replaced),
            of(&mut rates.third_party),
            of(&mut rates.deleted),
            &mut rates.account,
            &mut rates.manager,
            &mut rates.closing,
            &mut rates.days_between,
            &mut rates.platforms,
        ];
        rest.iter_mut().flat_map(|rates| rates.iter_mut()).for_each(|rate| *rate *= times());
        let shares = &mut [&mut rates.closed[..], &mut rates.nobodys, &mut rates.absent];
        shares.iter_mut().flat_map(|shares| shares.iter_mut()).for_each(|share| *share = (*share * times()).min(0.6));
        // What is a share by nature is varied by its odds, so that it stays one.
        let odds = &mut [
            &mut rates.there_unseen[..],
            &mut rates.retries,
            &mut rates.presses,
            &mut rates.asks,
            &mut rates.offers[..1],
            of(&mut rates.elsewhere),
            &mut rates.chrome,
            of(&mut rates.favourite),
        ];
        odds.iter_mut().flat_map(|shares| shares.iter_mut()).for_each(|share| {
            let odds = *share / (1.0 - *share) * times();
            *share = odds / (1.0 + odds);
        });
        let all: f64 = rates.platforms.iter().sum();
        rates.platforms.iter_mut().for_each(|share| *share /= all);
        rates.offers[1] = (1.0 - rates.offers[0]) * 0.75;
        rates.timing = match random.random_range(0..3) {
            0 => Timing::LogNormal { spread: random.random_range(0.4..1.0) },
            1 => Timing::Exponential { shortest: random.random_range(300.0..1_500.0) },
            _ => Timing::Even,
        };
        rates
    }
}

impl Timing {
    /// A time with this median, from an even number below one.
    #[must_use]
    pub fn draw(self, median: f64, even: f64) -> f64 {
        match self {
            Self::LogNormal { spread } => median * (spread * normal(even)).exp(),
            Self::Exponential { shortest } => {
                let shortest = shortest.min(median / 2.0);
                shortest - (median - shortest) / std::f64::consts::LN_2 * (1.0 - even).ln()
            }
            Self::Even => median * (0.2 + even * 1.6),
        }
    }

    /// How dense the times are at one of them.
    #[must_use]
    pub fn density(self, median: f64, at: f64) -> f64 {
        match self {
            Self::LogNormal { spread } => {
                let away = (at.max(1.0) / median).ln() / spread;
                (-away * away / 2.0).exp() / (at.max(1.0) * spread * (2.0 * std::f64::consts::PI).sqrt())
            }
            Self::Exponential { shortest } => {
                let shortest = shortest.min(median / 2.0);
                let mean = (median - shortest) / std::f64::consts::LN_2;
                if at < shortest { 0.0 } else { (-(at - shortest) / mean).exp() / mean }
            }
            Self::Even => {
                let (from, to) = (median * 0.2, median * 1.8);
                if (from..=to).contains(&at) { 1.0 / (to - from) } else { 0.0 }
            }
        }
    }
}

/// The standard normal distribution at an even number below one (the rational approximation of Acklam, in its centre
/// and its tails; wrong by less than 2e-9 of itself).
fn normal(even: f64) -> f64 {
    const A: [f64; 6] = [
        -3.969_683_028_665_376e1,
        2.209_460_984_245_205e2,
        -2.759_285_104_469_687e2,
        1.383_577_518_672_69e2,
        -3.066_479_806_614_716e1,
        2.506_628_277_459_239,
    ];
    const B: [f64; 5] = [
        -5.447_609_879_822_406e1,
        1.615_858_368_580_409e2,
        -1.556_989_798_598_866e2,
        6.680_131_188_771_972e1,
        -1.328_068_155_288_572e1,
    ];
    const C: [f64; 6] = [
        -7.784_894_002_430_293e-3,
        -3.223_964_580_411_365e-1,
        -2.400_758_277_161_838,
        -2.549_732_539_343_734,
        4.374_664_141_464_968,
        2.938_163_982_698_783,
    ];
    const D: [f64; 4] =
        [7.784_695_709_041_462e-3, 3.224_671_290_700_398e-1, 2.445_134_137_142_996, 3.754_408_661_907_416];
    let p = even.clamp(1e-12, 1.0 - 1e-12);
    let tail = |q: f64| {
        (((((C[0] * q + C[1]) * q + C[2]) * q + C[3]) * q + C[4]) * q + C[5])
            / ((((D[0] * q + D[1]) * q + D[2]) * q + D[3]) * q + 1.0)
    };
    if p < 0.024_25 {
        return tail((-2.0 * p.ln()).sqrt());
    }
    if p > 1.0 - 0.024_25 {
        return -tail((-2.0 * (1.0 - p).ln()).sqrt());
    }
    let (q, r) = (p - 0.5, (p - 0.5) * (p - 0.5));
    (((((A[0] * r + A[1]) * r + A[2]) * r + A[3]) * r + A[4]) * r + A[5]) * q
        / (((((B[0] * r + B[1]) * r + B[2]) * r + B[3]) * r + B[4]) * r + 1.0)
}
