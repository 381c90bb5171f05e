//! The root key of an installation.

use crate::program::Installation;
use std::time::Duration;

/// Starts and stops the server; how often its log has told so far that the root key is another one.
async fn tells_of_another_key(installation: &Installation) -> usize {
    let mut program = installation.start().await;
    // What is told at the start may come a moment after the first connection.
    tokio::time::sleep(Duration::from_millis(500)).await;
    program.signal("TERM");
    while program.ended().is_none() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let log = std::fs::read_to_string(installation.log_file(program.address)).unwrap();
    log.matches("the root key is not the one").count()
}

#[tokio::test]
async fn another_root_key_than_before_is_told_at_the_start_and_once() {
    let installation = Installation::new();
    let file = installation.data().join("root.key");
    for _ in 0..2 {
        assert_eq!(tells_of_another_key(&installation).await, 0);
    }
    let first = std::fs::read(&file).unwrap();
    std::fs::write(&file, [7; 32]).unwrap();
    for _ in 0..2 {
        assert_eq!(tells_of_another_key(&installation).await, 1);
    }
    std::fs::write(&file, first).unwrap();
    assert_eq!(tells_of_another_key(&installation).await, 2);
    // Of one that a start makes it says something else.
    std::fs::remove_file(&file).unwrap();
    assert_eq!(tells_of_another_key(&installation).await, 2);
}
