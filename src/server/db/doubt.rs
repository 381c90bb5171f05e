use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// A connection is pinged on its way back into the pool: one that answered just before the line was cut may come to lie idle only
/// after the failure was noticed.
const ON_ITS_WAY: Duration = Duration::from_millis(100);

/// Whether connections that nobody uses may have died meanwhile. Where one did, as when the database was away, the others that
/// lay idle then did too, and each would cost an answer.
#[derive(Clone, Debug, Default)]
pub(super) struct Doubt {
    /// When something last went wrong.
    since: Arc<Mutex<Option<Instant>>>,
}

impl Doubt {
    /// Something went wrong just now.
    pub fn arise(&self) {
        *self.since.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
    }

    /// Whether a connection that has lain idle for so long lay idle then.
    pub fn concerns(&self, idle: Duration) -> bool {
        let since = *self.since.lock().unwrap_or_else(PoisonError::into_inner);
        since.is_some_and(|since| idle + ON_ITS_WAY >= since.elapsed())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_concerns_what_was_idle_when_it_arose() {
        let doubt = Doubt::default();
        let idle_for_long = Duration::from_secs(3600);
        assert!(!doubt.concerns(idle_for_long));
        doubt.arise();
        std::thread::sleep(ON_ITS_WAY + Duration::from_millis(2));
        assert!(doubt.clone().concerns(idle_for_long));
        // Used since.
        assert!(!doubt.concerns(Duration::from_millis(1)));
    }
}
