//! Whoever asks must also read: a connection that waits for the other side to take its answer, but not for ever.
//!
//! Without a bound an answer that nobody reads keeps its place among all connections for as long as the other side
//! likes.
//!
//! Waiting spends patience, and what the other side takes gives it back at a pace, never more of it than there was at
//! the beginning. So whoever takes nothing is cut off when the patience is spent. Whoever is slower than the pace is
//! cut off some time later, and a byte now and then buys next to nothing. Whoever keeps the pace is never cut off,
//! however long it takes.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::{Instant, Sleep};

/// How long the other side may take nothing of what is ready for it.
///
/// The system takes more from us only when about a third of what it holds has arrived over there, and nobody tells us
/// of less. At the beginning of a connection that third is some 30 kB, a minute at [`PACE`], and later it can be more.
/// Half of this patience cut off whoever read a large file through 16 or 32 kbit/s, in a trial with lines as slow as
/// that.
const PATIENCE: Duration = Duration::from_secs(60);

/// How many bytes the other side must take for each second of waiting.
///
/// A phone whose volume is used up has 32 or 64 kbit/s left, eight or sixteen times as much, and worse lines lose much
/// of what they have. An attacker could keep all eight hundred places by reading 400 kB a second, for as long as the
/// largest file lasts; a higher pace would cost people more than it would cost them.
const PACE: u32 = 500;

/// A connection that gives up with [`io::ErrorKind::TimedOut`] when the other side takes nothing, or too little for too
/// long.
pub struct Paced {
    stream: TcpStream,
    patience: Patience,
    /// Wakes whoever writes when the patience is spent. There is none as long as no write had to wait.
    alarm: Option<Pin<Box<Sleep>>>,
}

impl Paced {
    /// A connection that nothing was written to yet.
    pub fn new(stream: TcpStream) -> Self {
        Self { stream, patience: Patience::new(), alarm: None }
    }

    /// What became of an attempt to write, unless it waits for too long.
    fn bounded(&mut self, written: Poll<io::Result<usize>>, context: &mut Context<'_>) -> Poll<io::Result<usize>> {
        match written {
            Poll::Ready(Ok(bytes)) => {
                self.patience.taken(bytes, Instant::now());
                Poll::Ready(Ok(bytes))
            }
            Poll::Ready(Err(error)) => Poll::Ready(Err(error)),
            Poll::Pending => self.wait(context),
        }
    }

    fn wait(&mut self, context: &mut Context<'_>) -> Poll<io::Result<usize>> {
        let end = self.patience.end(Instant::now());
        let alarm = self.alarm.get_or_insert_with(|| Box::pin(tokio::time::sleep_until(end)));
        if alarm.deadline() != end {
            alarm.as_mut().reset(end);
        }
        ready!(alarm.as_mut().poll(context));
        // What nobody takes from us, nobody takes from the system either, which would keep it for minutes.
        let _ = self.stream.set_zero_linger();
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }
}

impl AsyncRead for Paced {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for Paced {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.bounded(written, context)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        parts: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(context, parts);
        self.bounded(written, context)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    // These two never wait: the first does nothing, and the second only tells the system.

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

/// How much longer somebody is waited for.
struct Patience {
    left: Duration,
    /// Since when there is something to take and nothing is taken.
    waits_since: Option<Instant>,
}

impl Patience {
    fn new() -> Self {
        Self { left: PATIENCE, waits_since: None }
    }

    /// Nothing is taken now. When it will be enough, if it stays so.
    fn end(&mut self, now: Instant) -> Instant {
        *self.waits_since.get_or_insert(now) + self.left
    }

    /// So many bytes are taken now.
    fn taken(&mut self, bytes: usize, now: Instant) {
        if let Some(since) = self.waits_since.take() {
            self.left = self.left.saturating_sub(now - since);
        }
        let earned = Duration::from_secs(u64::try_from(bytes).unwrap_or(u64::MAX)) / PACE;
        self.left = self.left.saturating_add(earned).min(PATIENCE);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    /// How long somebody is waited for who takes so many bytes after each such time, an hour at most.
    fn lasts(bytes: usize, each: Duration) -> Duration {
        let (began, mut patience) = (Instant::now(), Patience::new());
        let mut now = began;
        while now - began < 3_600 * SECOND {
            let end = patience.end(now);
            if end < now + each {
                return end - began;
            }
            now += each;
            patience.taken(bytes, now);
        }
        now - began
    }

    #[test]
    fn whoever_takes_nothing_is_waited_for_as_long_as_patience_lasts() {
        let (began, mut patience) = (Instant::now(), Patience::new());
        // What comes in between without being taken changes nothing.
        for seconds in 0..60 {
            assert_eq!(patience.end(began + seconds * SECOND), began + PATIENCE);
        }
    }

    #[test]
    fn whoever_keeps_the_pace_is_waited_for_for_ever() {
        assert!(lasts(500, SECOND) >= 3_600 * SECOND, "evenly");
        assert!(lasts(30_000, 60 * SECOND) >= 3_600 * SECOND, "a third of what the system holds at once");
        assert!(lasts(4_000_000, 59 * SECOND) >= 3_600 * SECOND, "a proxy that takes much at a time");
    }

    #[test]
    fn a_byte_now_and_then_buys_next_to_nothing() {
        let took = lasts(1, 19 * SECOND);
        assert!(took >= PATIENCE && took < PATIENCE + SECOND, "{took:?}");
        let half = lasts(250, SECOND);
        assert!(half > PATIENCE && half <= 2 * PATIENCE, "at half the pace twice as long: {half:?}");
        let bursts = lasts(15_000, 59 * SECOND);
        assert!(bursts < 3 * PATIENCE, "at half the pace, much at a time: {bursts:?}");
    }

    #[test]
    fn nothing_is_kept_of_what_was_taken_faster_than_it_had_to_be() {
        let (began, mut patience) = (Instant::now(), Patience::new());
        patience.taken(usize::MAX, began);
        assert_eq!(patience.end(began), began + PATIENCE);
    }
}
