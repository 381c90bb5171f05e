//! What a client may say of itself: anything.

use crate::strategies::PLATFORMS;
use domain::platform::{Browser, Clues, Platform, browser, platform};
use domain::provider::{Aaguid, PROVIDERS};
use proptest::option::of;
use proptest::prelude::*;

#[test]
fn a_platform_is_read_as_it_was_written() {
    for platform in PLATFORMS {
        assert_eq!(Platform::from_slug(platform.slug()), platform);
    }
}

#[test]
fn a_phone_that_asks_for_the_desktop_page_keeps_its_hint() {
    let desktop = Clues {
        user_agent: Some("Mozilla/5.0 (X11; Linux x86_64)"),
        hint_platform: Some("\"Android\""),
        ..Clues::default()
    };
    assert_eq!(platform(desktop), Platform::Android);
}

proptest! {
    #[test]
    fn any_text_is_some_platform(ua in of(any::<String>()), hint in of(any::<String>()), navigator in of(any::<String>()), touch in of(any::<u8>())) {
        let clues = Clues { user_agent: ua.as_deref(), hint_platform: hint.as_deref(), navigator_platform: navigator.as_deref(), touch_points: touch };
        let told = platform(clues);
        prop_assert_eq!(Platform::from_slug(told.slug()), told);
        let _: Browser = browser(ua.as_deref().unwrap_or_default());
    }

    #[test]
    fn also_text_that_says_much(ua in "(Windows|Android|Linux|iPad|iPhone|Macintosh|CrOS|X11|Safari/|Chrome/|Edg/|[ -~]){0,8}") {
        let told = platform(Clues { user_agent: Some(&ua), ..Clues::default() });
        let speaks = ["Windows", "Android", "Linux", "iPad", "iPhone", "Macintosh", "CrOS", "X11"].iter().any(|word| ua.contains(word));
        prop_assert!(!speaks || told != Platform::Unknown, "{}", ua);
    }

    #[test]
    fn the_page_makes_a_tablet_of_a_mac_and_of_nothing_else(touch in 2..=u8::MAX, ua in "(Windows|Android|Linux|iPhone|CrOS)") {
        let mac = Clues { user_agent: Some("Macintosh"), touch_points: Some(touch), ..Clues::default() };
        prop_assert_eq!(platform(mac), Platform::IpadOs);
        let other = Clues { user_agent: Some(&ua), touch_points: Some(touch), ..Clues::default() };
        prop_assert!(platform(other) != Platform::IpadOs);
    }

    #[test]
    fn any_aaguid_has_one_provider_or_none(bytes in any::<[u8; 16]>(), other in any::<u128>()) {
        let aaguid = Aaguid::from_bytes(bytes);
        prop_assert_eq!(aaguid.same_provider(aaguid), aaguid.0 != 0);
        prop_assert_eq!(aaguid.same_provider(Aaguid(other)), Aaguid(other).same_provider(aaguid));
        let written = serde_json::to_string(&aaguid).unwrap();
        prop_assert_eq!(serde_json::from_str::<Aaguid>(&written).unwrap(), aaguid);
    }
}

#[test]
fn every_provider_reaches_some_place_or_says_that_it_is_not_known() {
    use domain::provider::Reach;
    for (_, provider) in PROVIDERS {
        assert!(PLATFORMS.iter().any(|platform| provider.reach(*platform) != Reach::No), "{}", provider.name);
        assert_eq!(provider.reach(Platform::Unknown), Reach::Unknown, "{}", provider.name);
        assert_eq!(provider.reach(Platform::Ios), provider.reach(Platform::IpadOs), "{}", provider.name);
    }
}
