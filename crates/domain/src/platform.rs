//! What kind of machine and browser a request comes from. For words, pictures and prediction, never for access.

use serde::{Deserialize, Serialize};

/// The operating system, as far as it can be told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Platform {
    MacOs,
    Windows,
    Ios,
    IpadOs,
    Android,
    ChromeOs,
    Linux,
    #[default]
    Unknown,
}

/// The family of the browser, as far as it can be told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Browser {
    Safari,
    Chrome,
    Edge,
    Firefox,
    Samsung,
    #[default]
    Other,
}

impl Browser {
    /// The name that is stored, and by which translations choose.
    #[must_use]
    pub fn slug(self) -> &'static str {
        match self {
            Self::Safari => "safari",
            Self::Chrome => "chrome",
            Self::Edge => "edge",
            Self::Firefox => "firefox",
            Self::Samsung => "samsung",
            Self::Other => "other",
        }
    }

    /// Reads what [`Browser::slug`] wrote; anything else is another one.
    #[must_use]
    pub fn from_slug(slug: &str) -> Self {
        match slug {
            "safari" => Self::Safari,
            "chrome" => Self::Chrome,
            "edge" => Self::Edge,
            "firefox" => Self::Firefox,
            "samsung" => Self::Samsung,
            _ => Self::Other,
        }
    }
}

impl Platform {
    /// The name that is stored and the last part of message ids.
    #[must_use]
    pub fn slug(self) -> &'static str {
        match self {
            Self::MacOs => "macos",
            Self::Windows => "windows",
            Self::Ios => "ios",
            Self::IpadOs => "ipados",
            Self::Android => "android",
            Self::ChromeOs => "chromeos",
            Self::Linux => "linux",
            Self::Unknown => "unknown",
        }
    }

    /// Reads what [`Platform::slug`] wrote; anything else is unknown.
    #[must_use]
    pub fn from_slug(slug: &str) -> Self {
        match slug {
            "macos" => Self::MacOs,
            "windows" => Self::Windows,
            "ios" => Self::Ios,
            "ipados" => Self::IpadOs,
            "android" => Self::Android,
            "chromeos" => Self::ChromeOs,
            "linux" => Self::Linux,
            _ => Self::Unknown,
        }
    }
}

impl Browser {
    /// The name people know.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Safari => "Safari",
            Self::Chrome => "Chrome",
            Self::Edge => "Edge",
            Self::Firefox => "Firefox",
            Self::Samsung => "Samsung Internet",
            Self::Other => "",
        }
    }
}

/// The facts that identify a client, from headers and from the page. Absent means unknown.
#[derive(Clone, Copy, Debug, Default)]
pub struct Clues<'a> {
    /// The header `User-Agent`.
    pub user_agent: Option<&'a str>,
    /// The header `Sec-CH-UA-Platform`, with or without its quotes.
    pub hint_platform: Option<&'a str>,
    /// `navigator.platform`.
    pub navigator_platform: Option<&'a str>,
    /// `navigator.maxTouchPoints`.
    pub touch_points: Option<u8>,
}

/// Tells the platform: the client hint first, then the user agent; an iPad that claims to be a Mac is told by
/// its touch points, which no Mac has.
#[must_use]
pub fn platform(clues: Clues<'_>) -> Platform {
    let user_agent = clues.user_agent.unwrap_or_default();
    let guess = clues.hint_platform.and_then(from_hint).unwrap_or_else(|| from_user_agent(user_agent));
    let claims_mac = guess == Platform::MacOs && clues.navigator_platform.is_none_or(|p| p == "MacIntel");
    if claims_mac && clues.touch_points.is_some_and(|n| n > 1) { Platform::IpadOs } else { guess }
}

/// The major version of the system from `platformVersion` of the client hints. Windows counts differently there: 13 and
/// above is Windows 11, 1 to 10 is Windows 10 (Microsoft, "Detect Windows 11 using User-Agent Client Hints").
#[must_use]
pub fn version(platform: Platform, hint: &str) -> Option<u16> {
    let major: u16 = hint.trim_matches(['"', ' ']).split('.').next()?.parse().ok()?;
    match platform {
        Platform::Windows => match major {
            13.. => Some(11),
            1..=10 => Some(10),
            _ => None,
        },
        _ => Some(major),
    }
}

fn from_hint(hint: &str) -> Option<Platform> {
    match hint.trim_matches(['"', ' ']) {
        "macOS" => Some(Platform::MacOs),
        "Windows" => Some(Platform::Windows),
        "Android" => Some(Platform::Android),
        "iOS" => Some(Platform::Ios),
        "Chrome OS" | "Chromium OS" => Some(Platform::ChromeOs),
        "Linux" => Some(Platform::Linux),
        _ => None,
    }
}

fn from_user_agent(ua: &str) -> Platform {
    let has = |word| ua.contains(word);
    match () {
        () if has("iPad") => Platform::IpadOs,
        () if has("iPhone") || has("iPod") => Platform::Ios,
        () if has("Android") => Platform::Android,
        () if has("CrOS") => Platform::ChromeOs,
        () if has("Windows") => Platform::Windows,
        () if has("Macintosh") || has("Mac OS X") => Platform::MacOs,
        () if has("Linux") || has("X11") => Platform::Linux,
        () => Platform::Unknown,
    }
}

/// Tells the browser from the user agent; the order matters, as most claim to be several.
#[must_use]
pub fn browser(ua: &str) -> Browser {
    let has = |word| ua.contains(word);
    match () {
        () if has("SamsungBrowser/") => Browser::Samsung,
        () if has("Edg/") || has("EdgA/") || has("EdgiOS/") => Browser::Edge,
        () if has("Firefox/") || has("FxiOS/") => Browser::Firefox,
        () if has("Chrome/") || has("CriOS/") || has("Chromium/") => Browser::Chrome,
        () if has("Safari/") => Browser::Safari,
        () => Browser::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MAC_SAFARI: &str = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.4 Safari/605.1.15";

    #[test]
    fn a_table_of_user_agents() {
        let table = [
            (MAC_SAFARI, Platform::MacOs, Browser::Safari),
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0",
                Platform::Windows,
                Browser::Edge,
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/140.0 Mobile/15E148 Safari/604.1",
                Platform::Ios,
                Browser::Chrome,
            ),
            (
                "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36",
                Platform::Android,
                Browser::Chrome,
            ),
            (
                "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
                Platform::Linux,
                Browser::Firefox,
            ),
            ("curl/8.0", Platform::Unknown, Browser::Other),
        ];
        for (ua, want_platform, want_browser) in table {
            assert_eq!(platform(Clues { user_agent: Some(ua), ..Clues::default() }), want_platform, "{ua}");
            assert_eq!(browser(ua), want_browser, "{ua}");
        }
    }

    #[test]
    fn an_ipad_that_claims_to_be_a_mac_is_told_by_its_touch_points() {
        let clues = Clues { user_agent: Some(MAC_SAFARI), navigator_platform: Some("MacIntel"), ..Clues::default() };
        assert_eq!(platform(Clues { touch_points: Some(5), ..clues }), Platform::IpadOs);
        assert_eq!(platform(Clues { touch_points: Some(0), ..clues }), Platform::MacOs);
    }

    #[test]
    fn the_hint_beats_the_user_agent_and_nonsense_is_ignored() {
        let clues = Clues { user_agent: Some(MAC_SAFARI), hint_platform: Some("\"Windows\""), ..Clues::default() };
        assert_eq!(platform(clues), Platform::Windows);
        assert_eq!(platform(Clues { hint_platform: Some("\"Amiga\""), ..clues }), Platform::MacOs);
    }
}
