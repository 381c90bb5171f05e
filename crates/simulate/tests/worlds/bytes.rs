//! The same seed gives the same bytes.

use simulate::{Rates, Report, World, held_out, simulate};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// A folder that goes away with the test.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("keymend-simulate-{}-{name}", std::process::id()));
        Report::prepare(&folder).unwrap();
        Self(folder)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        std::fs::remove_dir_all(&self.0).unwrap();
    }
}

/// Everything that a run gives: what is printed, and what is written by file.
fn everything(seed: u64, threads: usize) -> BTreeMap<String, String> {
    // More than one chunk of people, and the last one not full.
    let world = World { rates: Rates::default(), people: 6_500, seed, threads };
    let summary = simulate(&world, &|_| {});
    let report = Report { people: world.people, seed, summary, held_out: held_out(3, &world, &|_| {}) };
    let folder = Folder::new(&format!("{seed}-{threads}"));
    report.write(&folder.0).unwrap();
    let read = |file: std::fs::DirEntry| {
        let name = file.file_name().into_string().unwrap();
        (name, std::fs::read_to_string(file.path()).unwrap())
    };
    let mut all: BTreeMap<_, _> = std::fs::read_dir(&folder.0).unwrap().map(|file| read(file.unwrap())).collect();
    all.insert("table".to_owned(), report.table());
    all.insert("json".to_owned(), report.json().to_string());
    all
}

#[test]
fn the_same_seed_gives_the_same_bytes_however_many_threads_there_are() {
    let one = everything(7, 1);
    let names: Vec<_> = one.keys().map(String::as_str).collect();
    assert_eq!(names, ["held-out.svg", "json", "policies.svg", "reliability.svg", "simulation.csv", "table"]);
    for threads in [2, 3] {
        assert_eq!(everything(7, threads), one, "{threads} threads");
    }
    let other = everything(8, 2);
    assert!(one.iter().all(|(name, bytes)| other[name] != *bytes), "another seed is another world");
}

#[test]
fn a_folder_that_cannot_be_written_is_an_answer_before_the_run() {
    let folder = Folder::new("file");
    let file = folder.0.join("file");
    std::fs::write(&file, "").unwrap();
    assert!(Report::prepare(&file).is_err(), "it is a file");
    assert!(Report::prepare(&file.join("inside")).is_err());
    assert!(Report::prepare(Path::new("/proc/keymend")).is_err());
    assert!(Report::prepare(&folder.0.join("new").join("one")).is_ok(), "what is not there is made");
}

#[test]
fn progress_comes_to_the_end_and_never_goes_back() {
    let told = std::sync::Mutex::new(Vec::new());
    let world = World { rates: Rates::default(), people: 6_500, seed: 7, threads: 3 };
    let _ = simulate(&world, &|done| told.lock().unwrap().push(done));
    let told = told.into_inner().unwrap();
    assert!(told.is_sorted());
    assert_eq!(told.last(), Some(&6_500));
}
