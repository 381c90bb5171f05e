//! Plots as SVG, readable on light and dark ground.

use crate::report::doomed_gap_closed;
use crate::run::Summary;
use crate::score::Figures;
use crate::walk::POLICIES;
use std::fmt::Write as _;

const STYLE: &str = "<style>text{font:14px system-ui,sans-serif;fill:#3b3f46}.line{stroke:#c9c5bb;fill:none}.a{fill:#1f6f6b;stroke:#1f6f6b}.b{fill:#b9862c;stroke:#b9862c}.target{stroke:#b3412e;stroke-dasharray:5 4;fill:none}.bar{stroke:none;opacity:.85}.dots{stroke:#1f6f6b;stroke-width:4;stroke-linecap:round;fill:none}.small{font-size:12px}.head{font-weight:600}\
@media(prefers-color-scheme:dark){text{fill:#d9d6cf}.line{stroke:#4a4d53}.a{fill:#5fb8b1;stroke:#5fb8b1}.b{fill:#e0b25c;stroke:#e0b25c}.dots{stroke:#5fb8b1}}</style>";

fn picture(width: u32, height: u32, title: &str, inside: &str) -> String {
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" role=\"img\" aria-label=\"{title}\"><title>{title}</title>{STYLE}{inside}</svg>\n"
    )
}

/// One of the figures, as it is drawn.
type Figure = fn(&Figures) -> f64;

/// Bars: what each policy comes to.
#[must_use]
pub(crate) fn policies(summary: &Summary) -> String {
    let figures = summary.figures();
    let panels: [(&str, Figure, f64); 4] = [
        ("doomed prompts, % of sign-ins", |figures| figures.doomed_prompts * 100.0, 2.0),
        ("missed passkeys, % of sign-ins", |figures| figures.missed_passkeys * 100.0, 1.0),
        ("offered healing, % of broken", |figures| figures.offered * 100.0, 98.0),
        ("the same outside pauses, %", |figures| figures.beside.offered_outside_pauses * 100.0, 98.0),
    ];
    let mut text = String::new();
    for (panel, (title, of, target)) in panels.into_iter().enumerate() {
        let (left, top) = (20 + panel % 2 * 320, panel / 2 * 210);
        let most = figures.iter().map(of).fold(target, f64::max);
        let scale = |value: f64| value / most * 130.0;
        let _ = write!(text, "<text class=\"head\" x=\"{left}\" y=\"{}\">{title}</text>", top + 24);
        for (row, (policy, figures)) in POLICIES.iter().zip(&figures).enumerate() {
            let (top, value) = (top + 44 + row * 34, of(figures));
            let value = if value.is_finite() { value } else { 0.0 };
            let class = if row == 0 { "a" } else { "b" };
            let _ = write!(
                text,
                "<text class=\"small\" x=\"{left}\" y=\"{}\">{}</text><rect class=\"bar {class}\" x=\"{}\" y=\"{top}\" width=\"{:.1}\" height=\"20\" rx=\"3\"/><text class=\"small\" x=\"{:.1}\" y=\"{}\">{value:.2}</text>",
                top + 15,
                policy.name(),
                left + 100,
                scale(value).max(1.0),
                left as f64 + 106.0 + scale(value),
                top + 15,
            );
        }
        let at = left as f64 + 100.0 + scale(target);
        let _ = write!(
            text,
            "<path class=\"target\" d=\"M{at:.1} {}V{}\"/><text class=\"small\" x=\"{at:.1}\" y=\"{}\" text-anchor=\"middle\">target</text>",
            top + 38,
            top + 182,
            top + 198
        );
    }
    picture(640, 420, "What each policy comes to", &text)
}

/// How sure the first cause was, against how often it was right.
#[must_use]
pub(crate) fn reliability(before: &[(f64, f64, u64)], after: &[(f64, f64, u64)]) -> String {
    let mut text = "<path class=\"line\" d=\"M60 20V320H360\"/><path class=\"line\" d=\"M60 320L360 20\"/><text class=\"small\" x=\"210\" y=\"352\" text-anchor=\"middle\">share given to the first cause</text><text class=\"small\" transform=\"translate(22 170) rotate(-90)\" text-anchor=\"middle\">how often it was the true one</text>".to_owned();
    for (class, label, bins, top) in [("b", "before creation", before, 40), ("a", "after creation", after, 64)] {
        let all: u64 = bins.iter().map(|bin| bin.2).sum();
        for (sure, right, cases) in bins {
            let radius = 3.0 + 14.0 * (*cases as f64 / all.max(1) as f64).sqrt();
            let _ = write!(
                text,
                "<circle class=\"{class} bar\" cx=\"{:.1}\" cy=\"{:.1}\" r=\"{radius:.1}\" opacity=\".7\"/>",
                60.0 + sure * 300.0,
                320.0 - right * 300.0
            );
        }
        let _ = write!(
            text,
            "<circle class=\"{class} bar\" cx=\"390\" cy=\"{}\" r=\"6\"/><text class=\"small\" x=\"402\" y=\"{top}\">{label}</text>",
            top - 5
        );
    }
    for tick in 0..=5 {
        let at = f64::from(tick) / 5.0;
        let _ = write!(
            text,
            "<text class=\"small\" x=\"{:.0}\" y=\"336\" text-anchor=\"middle\">{at:.1}</text><text class=\"small\" x=\"52\" y=\"{:.0}\" text-anchor=\"end\">{at:.1}</text>",
            60.0 + at * 300.0,
            324.0 - at * 300.0
        );
    }
    picture(520, 364, "Diagnoses: how sure, and how often right", &text)
}

/// Every held-out world in order, for each measure that has a target.
#[must_use]
pub(crate) fn held_out(worlds: &[Summary]) -> String {
    type Of = fn(&Summary) -> f64;
    let panels: [(&str, Of, f64); 9] = [
        ("doomed prompts, %", |world| world.figures()[0].doomed_prompts * 100.0, 2.0),
        (
            "gap of doomed prompts closed, %",
            |world| {
                let [keymend, always, _, oracle] = &world.figures();
                doomed_gap_closed(keymend, always, oracle) * 100.0
            },
            80.0,
        ),
        ("missed passkeys, %", |world| world.figures()[0].missed_passkeys * 100.0, 1.0),
        ("offered healing, %", |world| world.figures()[0].offered * 100.0, 98.0),
        ("log loss before, gap closed, %", |world| world.quality()[0].gap_closed() * 100.0, 70.0),
        ("log loss after, gap closed, %", |world| world.quality()[1].gap_closed() * 100.0, 70.0),
        ("offered outside pauses, %", |world| world.figures()[0].beside.offered_outside_pauses * 100.0, 98.0),
        ("calibration error before", |world| world.quality()[0].ece, 0.05),
        ("calibration error after", |world| world.quality()[1].ece, 0.05),
    ];
    let mut text = String::new();
    for (panel, (title, of, target)) in panels.into_iter().enumerate() {
        let (left, top) = (50 + panel % 3 * 300, 40 + panel / 3 * 190);
        let mut values: Vec<f64> = worlds.iter().map(of).filter(|value| value.is_finite()).collect();
        values.sort_by(f64::total_cmp);
        let least = values.first().copied().unwrap_or(0.0).min(target);
        let most = values.last().copied().unwrap_or(1.0).max(target);
        let y = |value: f64| top as f64 + 130.0 - (value - least) / (most - least).max(1e-9) * 120.0;
        let _ = write!(
            text,
            "<text class=\"head\" x=\"{left}\" y=\"{}\">{title}</text><path class=\"line\" d=\"M{left} {top}V{}H{}\"/>",
            top - 12,
            top + 134,
            left + 220
        );
        // Lines of no length with round ends are dots, and take less room.
        let _ = write!(text, "<path class=\"dots\" d=\"");
        for (at, value) in values.iter().enumerate() {
            let x = left as f64 + 4.0 + at as f64 / values.len().max(2) as f64 * 212.0;
            let _ = write!(text, "M{x:.1} {:.1}h0", y(*value));
        }
        let _ = write!(text, "\"/><path class=\"target\" d=\"M{left} {0:.1}H{1}\"/>", y(target), left + 220);
        for value in [least, most] {
            let _ = write!(
                text,
                "<text class=\"small\" x=\"{}\" y=\"{:.1}\" text-anchor=\"end\">{value:.*}</text>",
                left - 6,
                y(value) + 4.0,
                if most < 1.0 { 2 } else { 1 }
            );
        }
    }
    picture(920, 590, "Held-out worlds, sorted; dashed: the target", &text)
}
