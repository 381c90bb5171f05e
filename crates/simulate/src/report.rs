//! What is printed and written: a table, one JSON object, CSV, and plots.

use crate::plots;
use crate::run::Summary;
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

/// What is better when it is greater; of everything else less is better.
const MORE_IS_BETTER: &[&str] = &[
    "offered",
    "offered_with_pauses",
    "top1",
    "gap_closed",
    "doomed_gap_closed",
    "missed_by_person",
    "confirmed",
    "made",
    "cases",
];

impl Report {
    /// The one object of `--json`.
    #[must_use]
    pub fn json(&self) -> Value {
        let mut all = figures(&self.summary);
        all["people"] = json!(self.people);
        all["seed"] = json!(self.seed);
        if !self.held_out.is_empty() {
            let worlds: Vec<Value> = self.held_out.iter().map(figures).collect();
            all["held_out"] = json!({
                "worlds": worlds.len(),
                "median": of_worlds("", &worlds, 0.5),
                "worst_tenth": of_worlds("", &worlds, 0.9),
            });
        }
        all
    }

    /// The table that people read.
    #[must_use]
    pub fn table(&self) -> String {
        let all = self.json();
        let mut text = format!("{} people, {} visits each, seed {}\n\n", self.people, crate::world::VISITS, self.seed);
        policies(&mut text, &all);
        diagnoses(&mut text, &all);
        for (name, title) in [("median", "median"), ("worst_tenth", "worst tenth")] {
            if let Some(part) = all.get("held_out").and_then(|held_out| held_out.get(name)) {
                let _ = write!(text, "\nheld-out worlds, {}: {title}\n\n", self.held_out.len());
                policies(&mut text, part);
                diagnoses(&mut text, part);
            }
        }
        text
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
        let mut text = "world,policy,measure,value\n".to_owned();
        let worlds = std::iter::once(("default".to_owned(), &self.summary));
        let worlds =
            worlds.chain(self.held_out.iter().enumerate().map(|(at, world)| (format!("held-out-{at}"), world)));
        for (name, summary) in worlds {
            let all = figures(summary);
            for (part, of) in [("policies", "policies"), ("diagnosis", "diagnosis")] {
                for (who, measures) in all[part].as_object().into_iter().flatten() {
                    for (measure, value) in measures.as_object().into_iter().flatten() {
                        let _ = writeln!(
                            text,
                            "{name},{}{who},{measure},{value}",
                            if of == "diagnosis" { "diagnosis-" } else { "" }
                        );
                    }
                }
            }
        }
        text
    }
}

/// The figures of one world.
fn figures(summary: &Summary) -> Value {
    let all = summary.figures();
    let [keymend, always, _, oracle] = &all;
    let mut policies = Map::new();
    for (policy, figures) in POLICIES.iter().zip(&all) {
        policies.insert(policy.name().to_owned(), json!(figures));
    }
    policies["keymend"]["doomed_gap_closed"] = json!(doomed_gap_closed(keymend, always, oracle));
    let quality = |diagnoses: &Diagnoses| {
        let quality = Quality::from(diagnoses);
        let mut value = json!(quality);
        value["gap_closed"] = json!(quality.gap_closed());
        value
    };
    json!({ "policies": policies, "diagnosis": { "before": quality(&summary.before), "after": quality(&summary.after) } })
}

/// The part of the doomed prompts between always prompting and the best possible that is saved.
#[must_use]
pub fn doomed_gap_closed(keymend: &Figures, always: &Figures, oracle: &Figures) -> f64 {
    (always.doomed_prompts - keymend.doomed_prompts) / (always.doomed_prompts - oracle.doomed_prompts)
}

/// Each number at a place among the worlds: the middle, or where only a tenth is worse.
fn of_worlds(name: &str, worlds: &[Value], place: f64) -> Value {
    if let Some(Value::Object(first)) = worlds.first() {
        let part = |key: &String| {
            let parts: Vec<Value> = worlds.iter().map(|world| world[key].clone()).collect();
            (key.clone(), of_worlds(key, &parts, place))
        };
        return Value::Object(first.keys().map(part).collect());
    }
    let mut numbers: Vec<f64> = worlds.iter().filter_map(Value::as_f64).collect();
    numbers.sort_by(f64::total_cmp);
    if MORE_IS_BETTER.contains(&name) {
        numbers.reverse();
    }
    let at = ((numbers.len().max(1) - 1) as f64 * place).round() as usize;
    json!(numbers.get(at))
}

fn policies(text: &mut String, all: &Value) {
    let columns = ["doomed_prompts", "missed_passkeys", "clicks", "offered", "repeat_needless", "duplicates"];
    let _ = writeln!(
        text,
        "{:<15}{:>10}{:>10}{:>9}{:>10}{:>17}{:>12}",
        "policy", "doomed", "missed", "clicks", "offered", "repeat needless", "duplicates"
    );
    for policy in POLICIES {
        let of = |column: &str| all["policies"][policy.name()][column].as_f64().unwrap_or_default();
        let [doomed, missed, clicks, offered, repeat, duplicates] = columns.map(of);
        let _ = writeln!(
            text,
            "{:<15}{:>9.2}%{:>9.2}%{clicks:>9.3}{:>9.2}%{repeat:>17}{duplicates:>12}",
            policy.name(),
            doomed * 100.0,
            missed * 100.0,
            offered * 100.0,
        );
    }
    let keymend = &all["policies"]["keymend"];
    let of = |name: &str| keymend[name].as_f64().unwrap_or_default() * 100.0;
    let _ = writeln!(
        text,
        "of the doomed prompts between always_prompt and oracle, keymend saves {:.1} %; {:.0} % of the passkeys it misses were turned down by the person",
        of("doomed_gap_closed"),
        of("missed_by_person"),
    );
}

fn diagnoses(text: &mut String, all: &Value) {
    let _ = writeln!(
        text,
        "\n{:<15}{:>9}{:>10}{:>9}{:>9}{:>9}{:>8}",
        "diagnosis", "log loss", "prior", "oracle", "closed", "ece", "top 1"
    );
    for moment in ["before", "after"] {
        let of = |name: &str| all["diagnosis"][moment][name].as_f64().unwrap_or_default();
        let _ = writeln!(
            text,
            "{moment:<15}{:>9.3}{:>10.3}{:>9.3}{:>8.1}%{:>9.3}{:>7.1}%",
            of("log_loss"),
            of("prior_log_loss"),
            of("oracle_log_loss"),
            of("gap_closed") * 100.0,
            of("ece"),
            of("top1") * 100.0,
        );
    }
}
