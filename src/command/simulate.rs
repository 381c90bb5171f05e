//! `keymend simulate`: people, browsers and accidents, run through the real rules.

use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use simulate::run::{held_out, people_per_world};
use simulate::{Rates, Report, World};
use std::io::{self, Write as _};
use std::path::PathBuf;

/// What to simulate.
#[derive(Args)]
pub struct Arguments {
    /// How many people, each with 24 visits.
    #[arg(long, allow_negative_numbers = true, default_value_t = 100_000, value_parser = clap::value_parser!(u64).range(1..=1_000_000_000))]
    people: u64,
    /// The same seed gives the same people, and the same output to the byte.
    #[arg(long, allow_negative_numbers = true, default_value_t = 7)]
    seed: u64,
    /// How many worlds to run beside it that nothing was fitted to, each with a hundredth of the people.
    #[arg(long, allow_negative_numbers = true, default_value_t = 0, value_parser = clap::value_parser!(u64).range(0..=10_000))]
    worlds: u64,
    /// Print one JSON object in place of the table.
    #[arg(long)]
    json: bool,
    /// Where the plots and the CSV go.
    #[arg(long, default_value = "simulation")]
    out: PathBuf,
}

/// Runs it. The figures go to standard output and into files; progress and times go to standard error.
///
/// # Errors
/// When the files cannot be written.
pub fn run(arguments: &Arguments) -> Result<(), String> {
    let cannot_write = |error: io::Error| format!("cannot write to {}: {error}", arguments.out.display());
    Report::prepare(&arguments.out).map_err(cannot_write)?;
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let world = World { rates: Rates::default(), people: arguments.people, seed: arguments.seed, threads };
    let all = arguments.people + arguments.worlds * people_per_world(arguments.people);
    let bar = ProgressBar::new(all);
    if let Ok(style) = ProgressStyle::with_template("{bar:40} {human_pos} of {human_len} people, {elapsed}") {
        bar.set_style(style);
    }
    let summary = simulate::simulate(&world, &|done| bar.set_position(done));
    let held_out = held_out(arguments.worlds, &world, &|done| bar.set_position(arguments.people + done));
    let took = bar.elapsed();
    bar.finish_and_clear();
    let report = Report { people: arguments.people, seed: arguments.seed, summary, held_out };
    report.write(&arguments.out).map_err(cannot_write)?;
    let text = if arguments.json { format!("{}\n", report.json()) } else { report.table() };
    match io::stdout().write_all(text.as_bytes()) {
        // Whoever read it has seen enough.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {}
        written => written.map_err(|error| format!("cannot print the figures: {error}"))?,
    }
    let _ = writeln!(
        io::stderr(),
        "{all} people in {:.1} s on {threads} threads; plots and CSV in {}.",
        took.as_secs_f64(),
        arguments.out.display()
    );
    Ok(())
}
