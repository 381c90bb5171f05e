//! What is printed and written: a table, one JSON object, CSV, and plots.

use crate::plots;
use crate::run::{Summary, people_per_world};
use crate::score::{Diagnoses, Figures, Quality};
use crate::walk::{POLICIES, Policy};
use serde_json::{Map, Value, json};
use std::fmt::Write as _;
use std::io;
use std::path::Path;

/// A run, and the held-out worlds that were run beside it.
pub struct Report {
    pub people: u64,
    pub seed: u64,
    pub summary: Summary,
    pub held_out: Vec<Summary>,
}

impl Policy {
    /// The name in tables and JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Keymend => "keymend",
            Self::AlwaysPrompt => "always_prompt",
            Self::TwoStrikes => "two_strikes",
            Self::Oracle => "oracle",
        }
    }
}

/// The measures of `--json`, of a policy and of the diagnoses.
pub const FIGURES: [&str; 6] =
    ["doomed_prompts", "missed_passkeys", "clicks", "offered", "repeat_needless", "duplicates"];
pub const QUALITY: [&str; 5] = ["log_loss", "prior_log_loss", "oracle_log_loss", "ece", "top1"];

/// What is better when it is greater; of everything else less is better.
const MORE_IS_BETTER: &[&str] = &[
    "people",
    "offered",
    "offered_outside_pauses",
    "top1",
    "gap_closed",
    "doomed_gap_closed",
    "confirmed",
    "made",
    "cases",
];

impl Report {
    /// The one object of `--json`: the figures that have a definition in the documentation, and nothing else.
    #[must_use]
    pub fn json(&self) -> Value {
        let mut all = only_figures(figures(&self.summary, self.people));
        if let Some([median, worst_tenth]) = self.of_held_out().map(|both| both.map(only_figures)) {
            all["held_out"] = json!({ "median": median, "worst_tenth": worst_tenth });
        }
        all
    }

    /// The middle of the held-out worlds, and where a tenth of them is worse; each number by itself.
    fn of_held_out(&self) -> Option<[Value; 2]> {
        let people = people_per_world(self.people);
        let worlds: Vec<Value> = self.held_out.iter().map(|world| figures(world, people)).collect();
        (!worlds.is_empty()).then(|| [0.5, 0.9].map(|place| of_worlds("", &worlds, place)))
    }

    /// The table that people read.
    #[must_use]
    pub fn table(&self) -> String {
        let mut text = format!("{} people, {} visits each, seed {}\n\n", self.people, crate::world::VISITS, self.seed);
        one_world(&mut text, &figures(&self.summary, self.people));
        for (title, part) in ["median", "worst tenth"].iter().zip(self.of_held_out().iter().flatten()) {
            let (worlds, people) = (self.held_out.len(), people_per_world(self.people));
            let _ = write!(text, "\n{worlds} held-out worlds of {people} people: {title}\n\n");
            one_world(&mut text, part);
        }
        text
    }

    /// Makes sure that files can be written into a folder, before anything takes long.
    ///
    /// # Errors
    /// When they cannot.
    pub fn prepare(folder: &Path) -> io::Result<()> {
        std::fs::create_dir_all(folder)?;
        let path = folder.join("simulation.csv");
        std::fs::OpenOptions::new().create(true).append(true).open(path).map(drop)
    }

    /// Writes `simulation.csv` and the plots into a folder.
    ///
    /// # Errors
    /// When the folder or a file cannot be written.
    pub fn write(&self, folder: &Path) -> io::Result<()> {
        std::fs::create_dir_all(folder)?;
        std::fs::write(folder.join("simulation.csv"), self.csv())?;
        std::fs::write(folder.join("policies.svg"), plots::policies(&self.summary))?;
        let reliability = plots::reliability(&self.summary.before.reliability(), &self.summary.after.reliability());
        std::fs::write(folder.join("reliability.svg"), reliability)?;
        if !self.held_out.is_empty() {
            std::fs::write(folder.join("held-out.svg"), plots::held_out(&self.held_out))?;
        }
        Ok(())
    }

    fn csv(&self) -> String {
        let mut text = "world,of,measure,value\n".to_owned();
        lines(&mut text, "default", &figures(&self.summary, self.people));
        for (number, world) in self.held_out.iter().enumerate() {
            lines(&mut text, &format!("held-out-{number}"), &figures(world, people_per_world(self.people)));
        }
        text
    }
}

/// A line for each number of a world: by policy, and by the moment of the diagnosis.
fn lines(text: &mut String, world: &str, figures: &Value) {
    for part in ["policies", "diagnosis"] {
        for (who, measures) in figures[part].as_object().into_iter().flatten() {
            for (measure, value) in measures.as_object().into_iter().flatten() {
                let _ = writeln!(text, "{world},{who},{measure},{value}");
            }
        }
    }
}

/// All figures of one world.
fn figures(summary: &Summary, people: u64) -> Value {
    let all = summary.figures();
    let [_, always, _, oracle] = &all;
    let mut policies = Map::new();
    for (policy, figures) in POLICIES.iter().zip(&all) {
        let mut value = json!(figures);
        value["doomed_gap_closed"] = json!(doomed_gap_closed(figures, always, oracle));
        policies.insert(policy.name().to_owned(), value);
    }
    let quality = |diagnoses: &Diagnoses| {
        let quality = Quality::from(diagnoses);
        let mut value = json!(quality);
        value["gap_closed"] = json!(quality.gap_closed());
        value
    };
    let diagnosis = json!({ "before": quality(&summary.before), "after": quality(&summary.after) });
    json!({ "people": people, "policies": policies, "diagnosis": diagnosis })
}

/// Without what only explains.
fn only_figures(mut all: Value) -> Value {
    for (part, names) in [("policies", &FIGURES[..]), ("diagnosis", &QUALITY[..])] {
        for measures in all[part].as_object_mut().into_iter().flat_map(|part| part.values_mut()) {
            if let Some(measures) = measures.as_object_mut() {
                measures.retain(|name, _| names.contains(&name.as_str()));
            }
        }
    }
    all
}

/// The part of the doomed prompts between always prompting and the best possible that is saved.
#[must_use]
pub fn doomed_gap_closed(keymend: &Figures, always: &Figures, oracle: &Figures) -> f64 {
    (always.doomed_prompts - keymend.doomed_prompts) / (always.doomed_prompts - oracle.doomed_prompts)
}

/// Each number at a place among the worlds: the middle, or where only a tenth is worse. Worlds without a case do not count.
fn of_worlds(name: &str, worlds: &[Value], place: f64) -> Value {
    if let Some(Value::Object(first)) = worlds.first() {
        let part = |key: &String| {
            let parts: Vec<Value> = worlds.iter().map(|world| world[key].clone()).collect();
            (key.clone(), of_worlds(key, &parts, place))
        };
        return Value::Object(first.keys().map(part).collect());
    }
    let number = |value: &Value| value.as_f64().unwrap_or_default();
    let mut numbers: Vec<&Value> = worlds.iter().filter(|value| value.is_number()).collect();
    numbers.sort_by(|one, other| number(one).total_cmp(&number(other)));
    if MORE_IS_BETTER.contains(&name) {
        numbers.reverse();
    }
    let at = ((numbers.len().max(1) - 1) as f64 * place).round() as usize;
    json!(numbers.get(at))
}

fn one_world(text: &mut String, all: &Value) {
    policies(text, &all["policies"]);
    diagnoses(text, &all["diagnosis"]);
}

/// A share in percent, or a dash where there is no case.
fn percent(value: &Value, digits: usize) -> String {
    value.as_f64().map_or_else(|| "–".to_owned(), |share| format!("{:.digits$}%", share * 100.0))
}

fn number(value: &Value) -> String {
    value.as_f64().map_or_else(|| "–".to_owned(), |number| format!("{number:.3}"))
}

fn policies(text: &mut String, all: &Value) {
    let _ = writeln!(
        text,
        "{:<15}{:>10}{:>10}{:>9}{:>10}{:>17}{:>12}",
        "policy", "doomed", "missed", "clicks", "offered", "repeat needless", "duplicates"
    );
    for policy in POLICIES {
        let of = |column: &str| &all[policy.name()][column];
        let _ = writeln!(
            text,
            "{:<15}{:>10}{:>10}{:>9}{:>10}{:>17}{:>12}",
            policy.name(),
            percent(of("doomed_prompts"), 2),
            percent(of("missed_passkeys"), 2),
            number(of("clicks")),
            percent(of("offered"), 2),
            of("repeat_needless").to_string(),
            of("duplicates").to_string(),
        );
    }
    let of = |name: &str| percent(&all["keymend"][name], 2);
    let _ = writeln!(
        text,
        "keymend: doomed gap closed {}, doomed unforeseen {}, missed by the person {}, missed after strikes {}, paused {}, offered outside pauses {}",
        of("doomed_gap_closed"),
        of("doomed_unforeseen"),
        of("missed_by_person"),
        of("missed_after_strikes"),
        of("paused"),
        of("offered_outside_pauses"),
    );
}

fn diagnoses(text: &mut String, all: &Value) {
    let _ = writeln!(
        text,
        "\n{:<15}{:>9}{:>10}{:>9}{:>12}{:>9}{:>9}{:>9}",
        "diagnosis", "log loss", "prior", "oracle", "gap closed", "ece", "top 1", "cases"
    );
    for moment in ["before", "after"] {
        let of = |name: &str| &all[moment][name];
        let _ = writeln!(
            text,
            "{moment:<15}{:>9}{:>10}{:>9}{:>12}{:>9}{:>9}{:>9}",
            number(of("log_loss")),
            number(of("prior_log_loss")),
            number(of("oracle_log_loss")),
            percent(of("gap_closed"), 1),
            number(of("ece")),
            percent(of("top1"), 1),
            of("cases").to_string(),
        );
    }
}
