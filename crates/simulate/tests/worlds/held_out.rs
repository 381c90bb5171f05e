//! Worlds that nothing was fitted to.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng as _;
use simulate::Rates;
use simulate::rates::Timing;

fn world(number: u64) -> Rates {
    Rates::held_out(&mut ChaCha8Rng::seed_from_u64(number))
}

#[test]
fn every_rate_lies_between_a_third_and_three_times_and_varies() {
    let usual = Rates::default();
    let rates = |rates: &Rates| {
        let mut all = vec![rates.another_browser, rates.replaced, rates.third_party, rates.deleted];
        all.extend(rates.account.iter().chain(&rates.manager).chain(&rates.closing).chain(&rates.days_between));
        all.extend(rates.closed.iter().chain(&rates.nobodys).chain(&rates.absent));
        all
    };
    // What is a share by nature is varied by its odds.
    let odds = |rates: &Rates| {
        let shares = rates.there_unseen.iter().chain(&rates.retries).chain(&rates.presses).chain(&rates.asks);
        let shares = shares.chain(&rates.chrome).chain(&rates.offers[..1]).chain([&rates.elsewhere, &rates.favourite]);
        shares.map(|share| share / (1.0 - share)).collect::<Vec<_>>()
    };
    for varied in [rates as fn(&Rates) -> Vec<f64>, odds] {
        let usual = varied(&usual);
        let mut seen = vec![[f64::MAX, f64::MIN]; usual.len()];
        for number in 0..200 {
            for ((rate, usual), seen) in varied(&world(number)).iter().zip(&usual).zip(&mut seen) {
                let times = rate / usual;
                assert!((1.0 / 3.0 - 1e-9..=3.0 + 1e-9).contains(&times), "world {number}: {rate} of {usual}");
                *seen = [seen[0].min(times), seen[1].max(times)];
            }
        }
        assert!(seen.iter().all(|[least, most]| *least < 0.4 && *most > 2.5), "{seen:?}");
    }
}

#[test]
fn shares_stay_shares_and_all_families_of_times_come() {
    let mut families = [0; 3];
    for number in 0..200 {
        let rates = world(number);
        for shares in [&rates.closed[..], &rates.nobodys, &rates.absent, &rates.platforms, &rates.offers] {
            assert!(shares.iter().all(|share| (0.0..1.0).contains(share)), "{rates:?}");
        }
        assert!((rates.platforms.iter().sum::<f64>() - 1.0).abs() < 1e-9);
        assert!(rates.offers.iter().sum::<f64>() <= 1.0 && rates.absent.iter().sum::<f64>() < 1.0, "{rates:?}");
        families[match rates.timing {
            Timing::LogNormal { .. } => 0,
            Timing::Exponential { .. } => 1,
            Timing::Even => 2,
        }] += 1;
    }
    assert!(families.iter().all(|worlds| *worlds > 40), "{families:?}");
}
