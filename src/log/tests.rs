use super::*;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

/// Somebody who takes a line when the test says so.
struct Reader {
    may: Receiver<()>,
    read: Arc<Mutex<Vec<String>>>,
}

impl Write for Reader {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        // When the test is over nobody says anything any more.
        self.may.recv().map_err(io::Error::other)?;
        self.read.lock().unwrap().push(String::from_utf8(line.to_vec()).unwrap());
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Lines of two bytes, of which so many fit in, and what was read of them.
fn lines(most: usize) -> (&'static Lines, SyncSender<()>, Arc<Mutex<Vec<String>>>) {
    let lines: &'static Lines = Box::leak(Box::new(Lines::new(2 * most)));
    let (go, may) = sync_channel(0);
    let read = Arc::<Mutex<Vec<String>>>::default();
    let mut reader = Reader { may, read: read.clone() };
    let tell = |lost| lines.add(format!("-{lost}").into_bytes());
    std::thread::spawn(move || lines.write_on(&mut reader, tell));
    (lines, go, read)
}

fn add(lines: &Lines, numbers: std::ops::Range<u8>) {
    for number in numbers {
        lines.add(format!("{number:02}").into_bytes());
    }
}

#[test]
fn lines_that_were_not_read_in_time_are_lost_and_counted_where_they_would_stand() {
    let (lines, go, read) = lines(3);
    add(lines, 0..1);
    // The thread stands there with this one.
    while !lines.lock().is_writing {
        std::thread::yield_now();
    }
    // Three wait, six are lost.
    add(lines, 1..10);
    go.send(()).unwrap();
    while lines.lock().lost > 0 {
        std::thread::yield_now();
    }
    // The thread says so as soon as it has taken what waited; then there is room again.
    while lines.lock().lines.is_empty() {
        std::thread::yield_now();
    }
    add(lines, 10..12);
    for _ in 1..7 {
        go.send(()).unwrap();
    }
    lines.wait_for_the_last(Duration::from_secs(10));
    assert_eq!(*read.lock().unwrap(), ["00", "01", "02", "03", "-6", "10", "11"]);
}

#[test]
fn after_one_that_was_lost_a_shorter_one_does_not_slip_in() {
    let (lines, go, _) = lines(3);
    add(lines, 0..1);
    while !lines.lock().is_writing {
        std::thread::yield_now();
    }
    add(lines, 1..3);
    lines.add(b"too long".to_vec());
    add(lines, 3..4);
    let waiting = lines.lock();
    assert_eq!((waiting.lines.len(), waiting.lost), (2, 2));
    drop((waiting, go));
}

#[test]
fn the_last_lines_are_waited_for_but_not_for_long() {
    let (lines, go, read) = lines(3);
    add(lines, 0..2);
    let began = tokio::time::Instant::now();
    lines.wait_for_the_last(Duration::from_millis(200));
    assert!(began.elapsed() >= Duration::from_millis(200));
    let reads = std::thread::spawn(move || (0..2).for_each(|_| go.send(()).unwrap()));
    lines.wait_for_the_last(Duration::from_secs(60));
    assert_eq!(*read.lock().unwrap(), ["00", "01"]);
    reads.join().unwrap();
    assert!(began.elapsed() < Duration::from_secs(30));
}
