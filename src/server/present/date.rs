//! Days as people say them. In UTC, as the server does not know where the person is.

use super::voice::Voice;
use domain::time::{DAY, HOUR, MINUTE, Millis, SECOND};
use time::{Date, OffsetDateTime};

/// The day of a moment as Fluent chooses by it: `today`, `yesterday` or `other`, and the date in words.
pub(super) fn day(voice: &Voice<'_>, at: Millis, now: Millis) -> (&'static str, String) {
    let (Some(date), Some(today)) = (date(at), date(now)) else {
        return ("other", voice.say("date-unknown"));
    };
    let which = match (today - date).whole_days() {
        0 => "today",
        1 => "yesterday",
        _ => "other",
    };
    let (year, month, day) = (date.year().to_string(), month(date), date.day().to_string());
    (which, voice.with("date-day", &[("year", &year), ("month", month), ("day", &day)]))
}

/// Hours and minutes, as in 21:05.
pub(super) fn time(at: Millis) -> String {
    let of_day = at.0.rem_euclid(DAY);
    format!("{:02}:{:02}", of_day / HOUR, of_day % HOUR / MINUTE)
}

/// How long ago, as far as that tells more than the day: hours are the same everywhere on earth.
pub(super) fn ago(voice: &Voice<'_>, at: Millis, now: Millis) -> String {
    let (minutes, hours) = (now.since(at) / MINUTE, now.since(at) / HOUR);
    let count = |id, number: i64| voice.count(id, "number", usize::try_from(number).unwrap_or_default());
    match (minutes, hours) {
        (0, _) => voice.say("date-just-now"),
        (1..60, _) => count("date-minutes-ago", minutes),
        (_, 1..24) => count("date-hours-ago", hours),
        _ => voice.with("date-on-day", &[("date", &day(voice, at, now).1)]),
    }
}

/// As [`ago`]; after a day with the time beside it, so that two things of one day are told apart.
pub(super) fn moment(voice: &Voice<'_>, at: Millis, now: Millis) -> String {
    match now.since(at) < DAY {
        true => ago(voice, at, now),
        false => voice.with("date-moment", &[("date", &day(voice, at, now).1), ("time", &time(at))]),
    }
}

fn date(at: Millis) -> Option<Date> {
    OffsetDateTime::from_unix_timestamp(at.0.div_euclid(SECOND)).ok().map(OffsetDateTime::date)
}

/// A key for the translation, which knows the name.
fn month(date: Date) -> &'static str {
    use time::Month::*;
    match date.month() {
        January => "january",
        February => "february",
        March => "march",
        April => "april",
        May => "may",
        June => "june",
        July => "july",
        August => "august",
        September => "september",
        October => "october",
        November => "november",
        December => "december",
    }
}
