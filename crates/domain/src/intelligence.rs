//! Passkey Intelligence: evidence → prediction → plan → assessment → diagnosis → offer → learning.
//!
//! Every function here is pure and every decision carries its reasons, so that an operator can ask why.

pub mod assess;
pub mod constants;
pub mod decision;
pub mod diagnose;
pub mod doors;
pub mod evidence;
pub mod judge;
pub mod learn;
pub mod offer;
pub mod plan;
pub mod predict;
pub mod trail;
pub mod weights;

pub use assess::{Assessment, Outcome, assess};
pub use decision::{Decision, RULES_VERSION, Reason, Reasons};
pub use diagnose::{Cause, Creation, Diagnosis, diagnose, why_absent};
pub use doors::{Doors, doors};
pub use evidence::{AutoStart, Environment, Evidence, Here, OfferHistory, PasskeyEvidence, Policy};
pub use judge::{Ended, Judgement, judge};
pub use learn::learn_from_creation;
pub use offer::{Offer, SignedInBy, Why, offer, pause_after};
pub use plan::{Plan, plan, plan_asked};
pub use predict::{Availability, predict};
pub use trail::Trail;
